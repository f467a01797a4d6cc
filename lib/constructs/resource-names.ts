import { CONSUMERS, type QueueConsumer } from "../../functions/consumers/consumers.ts";
import type { ConsumerDeclaration } from "../../functions/consumers/define-consumer.ts";
import { type RABBITMQ_PUBLISHER, SERVICE, TABLE_NAMES } from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";
import { QUEUE_SUFFIX, type QueueRole } from "../settings/queue-rules.ts";

/**
 * Physical names. They are fixed, so that alarms and dashboards need no reference between stacks, which would deadlock
 * an update that removes it.
 */
export function physicalName(stage: string, ...parts: readonly string[]): string {
  return [SERVICE, stage, ...parts].join("-");
}

/** For names that are unique over all regions of an account: policies, budgets, dashboards. */
export function regionalName(region: string, stage: string, ...parts: readonly string[]): string {
  return physicalName(stage, ...parts, region);
}

/** No other stage's groups begin with the path of a stage, as `order-events-prod-*` would begin those of prod-eu. */
export function logGroupName(stage: string, name: string): string {
  return `/${SERVICE}/${stage}/${name}`;
}

/** The value of the dimension `service` on the project's own metrics. */
export function serviceDimension(stage: string): string {
  return physicalName(stage);
}

/** The owner of a queue. Redriven events for Kafka wait in a queue of their own, without a subscription. */
export type QueueOwner = QueueConsumer | "publish-to-kafka" | typeof RABBITMQ_PUBLISHER;

/** A consumer's queue, its dead-letter queue, or the queue for messages that SNS could not deliver. */
export function queueName(stage: string, consumer: QueueOwner, role: QueueRole): string {
  return `${physicalName(stage, consumer)}${QUEUE_SUFFIX[role]}`;
}

/** A consumer's own table. */
export function ownTableName(stage: string, consumer: string, table: string): string {
  return physicalName(stage, consumer, table);
}

/** The physical names of all tables, by their names without the deployment's prefix. */
export function tableNames(stage: string): ReadonlyMap<string, string> {
  const own = CONSUMERS.flatMap(({ name, tables = [] }: ConsumerDeclaration) =>
    tables.map((table): [string, string] => [`${name}-${table.name}`, ownTableName(stage, name, table.name)]),
  );
  const known = Object.values(TABLE_NAMES).map((name): [string, string] => [name, physicalName(stage, name)]);
  return new Map([...known, ...own]);
}

/** The cluster's name in metrics: that of the stack, or the name in the ARN of an existing cluster. */
export function kafkaClusterName(settings: Pick<Settings, "stage" | "kafkaClusterArn">): string {
  const [, name = ""] = settings.kafkaClusterArn.split("/");
  return name === "" ? physicalName(settings.stage, "kafka") : name;
}

/** The broker's name in metrics: that of the stack, or the name in the ARN of an existing broker. */
export function rabbitBrokerName(settings: Pick<Settings, "stage" | "rabbitmqBrokerArn">): string {
  const [, , , , , , name = ""] = settings.rabbitmqBrokerArn.split(":");
  return name === "" ? physicalName(settings.stage, "rabbitmq") : name;
}
