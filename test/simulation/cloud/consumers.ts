import {
  type EventType,
  KAFKA_EVENT_TYPES,
  type QueueConsumer,
  SUBSCRIPTIONS,
} from "../../../functions/contract/names.ts";
import type { PublisherName } from "../../../functions/domain/publishers.ts";

/** Which backbone changes orders and stock. */
export type Processing = "queues" | "both" | "kafka";
/** Who has to do something about an event. */
export type EventConsumer = QueueConsumer | "order-events-kafka";
/** Whose queue it is: that of a consumer, or the way to the Kafka topic. */
export type QueueOwner = QueueConsumer | "publish-to-kafka";

export const QUEUE_CONSUMERS = Object.keys(SUBSCRIPTIONS) as QueueConsumer[];

export function queueOwners(processing: Processing): readonly QueueOwner[] {
  return processing === "queues" ? QUEUE_CONSUMERS : [...QUEUE_CONSUMERS, "publish-to-kafka"];
}

/** Where Kafka alone processes, the subscriptions of orders and stock match nothing. */
export function consumersOf(type: EventType, processing: Processing): readonly EventConsumer[] {
  const takes = (types: readonly EventType[]) => types.includes(type);
  const queues = QUEUE_CONSUMERS.filter(
    (name) => takes(SUBSCRIPTIONS[name]) && (processing !== "kafka" || name === "notify-customer"),
  );
  return processing !== "queues" && takes(KAFKA_EVENT_TYPES) ? [...queues, "order-events-kafka"] : queues;
}

/** The reader of the stream that an event comes by to its consumer, and the queue that leads to it. */
export function wayTo(consumer: EventConsumer): {
  readonly publisher: PublisherName;
  readonly queue: QueueOwner;
} {
  return consumer === "order-events-kafka"
    ? { publisher: "publish-to-kafka", queue: "publish-to-kafka" }
    : { publisher: "publish-events", queue: consumer };
}
