import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { ENV } from "../../../functions/contract/names.ts";
import type { ConsumerGrant } from "../consumer-function.ts";
import { dynamodb } from "./table-grants.ts";

/** Reads the stream of a table through an event source mapping, whose given-up batches go to the bucket. */
export const grantReadStream =
  (
    table: ITable,
    crashedBatches: Bucket,
    {
      giveUpAfterSeconds,
    }: {
      /** Age of a record above which it is parked instead of retried. */
      readonly giveUpAfterSeconds: number;
    },
  ): ConsumerGrant =>
  (holder) => {
    const streamArn = table.tableStreamArn;
    if (streamArn === undefined) throw new Error(`${table.node.path} has no stream.`);
    holder
      .allow(dynamodb(["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"]), streamArn)
      .allow(["s3:PutObject"], crashedBatches.arnForObjects("*"))
      .allow(["s3:ListBucket"], crashedBatches.bucketArn)
      .set(ENV.giveUpAfterSeconds, giveUpAfterSeconds);
  };

export const grantImportCrashedBatches =
  (bucket: Bucket): ConsumerGrant =>
  (holder) =>
    holder
      .allow(["s3:GetObject", "s3:DeleteObject"], bucket.arnForObjects("*"))
      .allow(["s3:ListBucket"], bucket.bucketArn)
      .set(ENV.crashedBatchesBucket, bucket.bucketName);

/** PublishBatch is authorised by the same action as Publish. */
export const grantPublish =
  (topic: Topic): ConsumerGrant =>
  (holder) =>
    holder.allow(["sns:Publish"], topic.topicArn).set(ENV.topicArn, topic.topicArn);

/** Checks whether a topic exists. */
export const grantDescribeTopic =
  (topic: Topic): ConsumerGrant =>
  (holder) =>
    holder.allow(["sns:GetTopicAttributes"], topic.topicArn);
