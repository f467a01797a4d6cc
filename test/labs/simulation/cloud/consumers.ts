import {
  KAFKA_EVENT_TYPES,
  type QueueConsumer,
  SUBSCRIPTIONS,
} from "../../../../functions/consumers/consumers.ts";
import type { PublisherName } from "../../../../functions/contract/names.ts";
import type { EventType } from "../../../../functions/contract/order-status.ts";
import type { Route } from "./backbone.ts";

/** Which backbone changes orders and stock. */
export type Processing = "queues" | "both" | "kafka";
/** Who has to do something about an event. */
export type EventConsumer = QueueConsumer | "order-events-kafka";
/** Whose queue it is: that of a consumer, or the way to the Kafka topic. */
export type QueueOwner = QueueConsumer | "publish-to-kafka";

export const QUEUE_CONSUMERS = Object.keys(SUBSCRIPTIONS) as QueueConsumer[];

/** Kafka is deployed where it processes now or ever. */
export function hasKafka({ processing, moves }: Route): boolean {
  return processing !== "queues" || moves.length > 0;
}

export function queueOwners(route: Route): readonly QueueOwner[] {
  return hasKafka(route) ? [...QUEUE_CONSUMERS, "publish-to-kafka"] : QUEUE_CONSUMERS;
}

/** Where Kafka alone processes, the subscriptions of orders and stock match nothing. */
export function isSubscribed(consumer: QueueConsumer, type: EventType, processing: Processing): boolean {
  const types: readonly EventType[] = SUBSCRIPTIONS[consumer];
  return types.includes(type) && (processing !== "kafka" || consumer === "notify-customer");
}

/**
 * What there is to do about an event: each by one of its consumers at least. Where the backbone changes on the way,
 * a queue and Kafka's topic may stand in for each other.
 */
export function dutiesOf(
  type: EventType,
  { processing, moves }: Route,
): readonly (readonly EventConsumer[])[] {
  const kafkaTypes: readonly EventType[] = KAFKA_EVENT_TYPES;
  const isKafkas = kafkaTypes.includes(type);
  if (moves.length > 0) {
    return QUEUE_CONSUMERS.filter((name) => isSubscribed(name, type, "both")).map((name) =>
      name === "notify-customer" ? [name] : [name, "order-events-kafka"],
    );
  }
  const queues = QUEUE_CONSUMERS.filter((name) => isSubscribed(name, type, processing)).map((name) => [name]);
  return processing !== "queues" && isKafkas ? [...queues, ["order-events-kafka"]] : queues;
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
