import type { ConsumerName } from "../../contract/names.ts";

/** The readers of the orders table's stream. Each hands every event to its own backbone. */
export const PUBLISHERS = ["publish-events", "publish-to-kafka"] as const satisfies readonly ConsumerName[];
export type PublisherName = (typeof PUBLISHERS)[number];

export function isPublisher(consumer: string): consumer is PublisherName {
  return (PUBLISHERS as readonly string[]).includes(consumer);
}

/** What an operator is told where there is no way to a consumer. */
export function noWayTo(consumer: string): string {
  return consumer === "publish-to-kafka" || consumer === "order-events-kafka"
    ? `Kafka is not deployed here, so nothing can be sent to ${consumer}. Deploy it, or discard this.`
    : `Nothing is known that sends messages to ${consumer}.`;
}
