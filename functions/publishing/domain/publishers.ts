import type { ConsumerName } from "../../contract/names.ts";

/** The readers of the orders table's stream. Each publishes every event to its own backbone. */
export const PUBLISHERS = ["publish-events", "publish-to-kafka"] as const satisfies readonly ConsumerName[];
export type PublisherName = (typeof PUBLISHERS)[number];

export function isPublisher(consumer: string): consumer is PublisherName {
  return (PUBLISHERS as readonly string[]).includes(consumer);
}

/** Why nothing can be sent to a consumer that has no queue or topic. */
export function noTargetFor(consumer: string): string {
  return consumer === "publish-to-kafka" || consumer === "order-events-kafka"
    ? `Kafka is not deployed here, so nothing can be sent to ${consumer}. Deploy Kafka, or discard this message.`
    : `No queue or topic is configured for ${consumer}.`;
}
