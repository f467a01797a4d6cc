import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { ENV } from "../../../functions/contract/names.ts";
import { kafkaNames } from "../../settings/kafka-names.ts";
import type { Grant } from "../function.ts";
import { kafkaClusterName } from "../resource-names.ts";

/** Refuses new work when this queue is too long. */
export const grantAdmissionByQueue =
  (queue: IQueue): Grant =>
  (holder) =>
    holder
      .allow(["sqs:GetQueueAttributes"], queue.queueArn)
      .set(ENV.backlogQueueUrl, queue.queueUrl)
      .set(ENV.backlogLimit, holder.settings.backlogLimit);

/** The same by the records that Kafka's consumer has not read yet. CloudWatch knows no resources for its numbers. */
export const grantAdmissionByLag: Grant = (holder) => {
  const { topic, group } = kafkaNames(holder.settings);
  const backlog = { cluster: kafkaClusterName(holder.settings), topic, group };
  holder
    .allow(["cloudwatch:GetMetricData"], "*")
    .set(ENV.backlogKafka, JSON.stringify(backlog))
    .set(ENV.backlogLimit, holder.settings.backlogLimit);
};
