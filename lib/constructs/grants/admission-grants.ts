import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { ENV } from "../../../functions/contract/names.ts";
import { kafkaNames } from "../../settings/kafka-names.ts";
import type { Grant } from "../function.ts";
import { kafkaClusterName } from "../resource-names.ts";

/** Admission by the length of this queue. */
export const grantAdmissionByQueue =
  (queue: IQueue): Grant =>
  (holder) =>
    holder
      .allow(["sqs:GetQueueAttributes"], queue.queueArn)
      .set(ENV.backlogQueueUrl, queue.queueUrl)
      .set(ENV.backlogLimit, holder.settings.backlogLimit);

/** Admission by the lag of Kafka's consumer. CloudWatch's actions support no resources. */
export const grantAdmissionByLag: Grant = (holder) => {
  const { topic, group } = kafkaNames(holder.settings);
  const backlog = { cluster: kafkaClusterName(holder.settings), topic, group };
  holder
    .allow(["cloudwatch:GetMetricData"], "*")
    .set(ENV.backlogKafka, JSON.stringify(backlog))
    .set(ENV.backlogLimit, holder.settings.backlogLimit);
};
