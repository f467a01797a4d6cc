import {
  BROKER_EVENT_TYPES,
  declarationOf,
  QUEUE_CONSUMERS,
  type QueueConsumer,
} from "../../../../functions/consumers/consumers.ts";
import type { PublisherName } from "../../../../functions/contract/names.ts";
import type { EventType } from "../../../../functions/contract/order-status.ts";
import type { Route } from "./backbone.ts";

/** The backbone that changes orders and stock. */
export type Processing = "queues" | "both" | "kafka";
/** A consumer with an effect. */
export type EventConsumer = QueueConsumer | "order-events-kafka";
/** The owner of a queue: a consumer, or the publisher to the Kafka topic. */
export type QueueOwner = QueueConsumer | "publish-to-kafka";

/** A value for each consumer, by its name. */
export function ofEachConsumer<T>(make: (name: QueueConsumer) => T): Readonly<Record<QueueConsumer, T>> {
  return Object.fromEntries(QUEUE_CONSUMERS.map((name) => [name, make(name)])) as Record<QueueConsumer, T>;
}

/** Kafka is deployed where it processes at any time. */
export function hasKafka({ processing, moves }: Route): boolean {
  return processing !== "queues" || moves.length > 0;
}

export function queueOwners(route: Route): readonly QueueOwner[] {
  return hasKafka(route) ? [...QUEUE_CONSUMERS, "publish-to-kafka"] : QUEUE_CONSUMERS;
}

/** Where Kafka alone processes, the subscriptions of orders and stock match nothing. */
export function isSubscribed(consumer: QueueConsumer, type: EventType, processing: Processing): boolean {
  const { on, alsoByBrokers } = declarationOf(consumer);
  return on.includes(type) && (processing !== "kafka" || !alsoByBrokers);
}

/**
 * Groups of consumers: of each, at least one has to process the event. Where the backbone changes, a queue and the
 * Kafka topic are alternatives.
 */
export function requiredConsumersOf(
  type: EventType,
  { processing, moves }: Route,
): readonly (readonly EventConsumer[])[] {
  const kafkaTypes: readonly EventType[] = BROKER_EVENT_TYPES;
  const isKafkas = kafkaTypes.includes(type);
  if (moves.length > 0) {
    return QUEUE_CONSUMERS.filter((name) => isSubscribed(name, type, "both")).map((name) =>
      declarationOf(name).alsoByBrokers ? [name, "order-events-kafka"] : [name],
    );
  }
  const queues = QUEUE_CONSUMERS.filter((name) => isSubscribed(name, type, processing)).map((name) => [name]);
  return processing !== "queues" && isKafkas ? [...queues, ["order-events-kafka"]] : queues;
}

/** The stream reader and the queue through which a consumer receives its events. */
export function routeTo(consumer: EventConsumer): {
  readonly publisher: PublisherName;
  readonly queue: QueueOwner;
} {
  return consumer === "order-events-kafka"
    ? { publisher: "publish-to-kafka", queue: "publish-to-kafka" }
    : { publisher: "publish-events", queue: consumer };
}
