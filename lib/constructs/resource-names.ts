import type { QueueConsumer } from "../../functions/consumers/consumers.ts";
import type { KAFKA_PUBLISHER, RABBITMQ_PUBLISHER } from "../../functions/contract/broker-names.ts";
import { type MAIL_FEEDBACK, SERVICE } from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";
import { existingTables, TABLES } from "../settings/existing-tables.ts";
import { QUEUE_SUFFIX, type QueueRole } from "../settings/queue-rules.ts";

/** A deployment by its stage. The text alone has the usual prefix. */
export type Named = string | Pick<Settings, "stage" | "namePrefix">;

const prefixOf = (of: Named) => (typeof of === "string" ? SERVICE : of.namePrefix);
const stageOf = (of: Named) => (typeof of === "string" ? of : of.stage);

/**
 * Physical names. They are fixed, so that alarms and dashboards need no reference between stacks, which would deadlock
 * an update that removes it.
 */
export function physicalName(of: Named, ...parts: readonly string[]): string {
  return [prefixOf(of), stageOf(of), ...parts].join("-");
}

/** API Gateway's own stage, part of every address of the API. */
export const API_GATEWAY_STAGE_NAME = "v1";

/** For names that are unique over all regions of an account: policies, budgets, dashboards. */
export function regionalName(region: string, of: Named, ...parts: readonly string[]): string {
  return physicalName(of, ...parts, region);
}

/** No other stage's groups begin with the path of a stage, as `order-events-prod-*` would begin those of prod-eu. */
export function logGroupName(of: Named, name: string): string {
  return `/${prefixOf(of)}/${stageOf(of)}/${name}`;
}

/** The configuration set of SES that mails are sent with; its names are unique in an account and region. */
export const mailConfigurationSet = (of: Named): string => physicalName(of, "mails");

/** The value of the dimension `service` on the project's own metrics. */
export function serviceDimension(of: Named): string {
  return physicalName(of);
}

/** The owner of a queue. Redriven events for Kafka wait in a queue of their own, without a subscription. */
export type QueueOwner =
  | QueueConsumer
  | typeof KAFKA_PUBLISHER
  | typeof RABBITMQ_PUBLISHER
  | typeof MAIL_FEEDBACK;

/** A consumer's queue, its dead-letter queue, or the queue for messages that SNS could not deliver. */
export function queueName(of: Named, consumer: QueueOwner, role: QueueRole): string {
  return `${physicalName(of, consumer)}${QUEUE_SUFFIX[role]}`;
}

/** The physical names of all tables, by their names without the deployment's prefix. */
export function tableNames(
  settings: Pick<Settings, "stage" | "namePrefix" | "existingTables">,
): ReadonlyMap<string, string> {
  const existing = existingTables(settings);
  return new Map(TABLES.map((name) => [name, existing.get(name) ?? physicalName(settings, name)]));
}

/** The cluster's name in metrics: that of the stack, or the name in the ARN of an existing cluster. */
export function kafkaClusterName(
  settings: Pick<Settings, "stage" | "namePrefix" | "kafkaClusterArn">,
): string {
  const [, name = ""] = settings.kafkaClusterArn.split("/");
  return name === "" ? physicalName(settings, "kafka") : name;
}

/** The broker's name in metrics: that of the stack, or the name in the ARN of an existing broker. */
export function rabbitBrokerName(
  settings: Pick<Settings, "stage" | "namePrefix" | "rabbitmqBrokerArn">,
): string {
  const [, , , , , , name = ""] = settings.rabbitmqBrokerArn.split(":");
  return name === "" ? physicalName(settings, "rabbitmq") : name;
}
