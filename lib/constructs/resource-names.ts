import { type QueueConsumer, SERVICE, SUBSCRIPTIONS } from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";

/** The consumers that have a queue, in the order of the contract. */
export const QUEUE_CONSUMERS = Object.keys(SUBSCRIPTIONS) as QueueConsumer[];

/**
 * Physical names. They are fixed, so that alarms and dashboards name what they watch
 * without a reference between stacks, which would deadlock an update that removes it.
 */
export function physicalName(stage: string, ...parts: readonly string[]): string {
  return [SERVICE, stage, ...parts].join("-");
}

/** The value of the dimension `service` on metrics of our own: what functions report and alarms read. */
export function serviceDimension(stage: string): string {
  return physicalName(stage);
}

/** Whose queue it is. Events on their way to Kafka again wait in one of their own, without a subscription. */
export type QueueOwner = QueueConsumer | "publish-to-kafka";
export type QueueRole = "source" | "dead-letters" | "undelivered";

/** A consumer's queue, its dead-letter queue, or where SNS puts what it could not deliver. */
export function queueName(stage: string, consumer: QueueOwner, role: QueueRole): string {
  const suffix = { source: [], "dead-letters": ["dlq"], undelivered: ["undelivered"] }[role];
  return physicalName(stage, consumer, ...suffix);
}

/** The cluster's name as metrics have it: that of the stack, or what the ARN of an existing cluster says. */
export function kafkaClusterName(settings: Pick<Settings, "stage" | "kafkaClusterArn">): string {
  const [, name = ""] = settings.kafkaClusterArn.split("/");
  return name === "" ? physicalName(settings.stage, "kafka") : name;
}
