import {
  BROKER_EVENT_TYPES,
  declarationOf,
  QUEUE_CONSUMERS,
  type QueueConsumer,
} from "../../../../functions/consumers/consumers.ts";
import {
  KAFKA_CONSUMER,
  RABBITMQ_CONSUMER,
  RABBITMQ_EVENT_TYPES,
  RABBITMQ_PUBLISHER,
} from "../../../../functions/contract/broker-names.ts";
import type { StreamPublisher } from "../../../../functions/contract/names.ts";
import type { EventType } from "../../../../functions/contract/order-status.ts";
import type { Backbone } from "../../../../lib/settings/backbone-settings.ts";
import type { Route } from "./backbone.ts";

/** The backbones that change orders and stock. */
export type Processing = readonly Backbone[];

/** The consumer of a broker, and the function whose queue leads to it. */
export const BROKERS = {
  kafka: { consumer: KAFKA_CONSUMER, publisher: "publish-to-kafka" },
  rabbitmq: { consumer: RABBITMQ_CONSUMER, publisher: RABBITMQ_PUBLISHER },
} as const satisfies Record<Exclude<Backbone, "queues">, object>;
export type Broker = keyof typeof BROKERS;
const BROKER_NAMES = Object.keys(BROKERS) as readonly Broker[];

export type BrokerConsumer = (typeof BROKERS)[Broker]["consumer"];
export type BrokerPublisher = (typeof BROKERS)[Broker]["publisher"];
/** A consumer with an effect. */
export type EventConsumer = QueueConsumer | BrokerConsumer;
/** The owner of a queue: a consumer, or the publisher to a broker. */
export type QueueOwner = QueueConsumer | BrokerPublisher;

/** A value for each consumer, by its name. */
export function ofEachConsumer<T>(make: (name: QueueConsumer) => T): Readonly<Record<QueueConsumer, T>> {
  return Object.fromEntries(QUEUE_CONSUMERS.map((name) => [name, make(name)])) as Record<QueueConsumer, T>;
}

export function isBrokerConsumer(consumer: EventConsumer): consumer is BrokerConsumer {
  return BROKER_NAMES.some((broker) => BROKERS[broker].consumer === consumer);
}

export function isBrokerPublisher(owner: QueueOwner): owner is BrokerPublisher {
  return BROKER_NAMES.some((broker) => BROKERS[broker].publisher === owner);
}

/** A broker is deployed where it processes at any time. */
export function brokersOf({ processing, moves }: Route): readonly Broker[] {
  return BROKER_NAMES.filter((broker) => [processing, ...moves].some((each) => each.includes(broker)));
}

export function queueOwners(route: Route): readonly QueueOwner[] {
  return [...QUEUE_CONSUMERS, ...brokersOf(route).map((broker) => BROKERS[broker].publisher)];
}

/**
 * Whether the topic delivers a type to a queue. Where brokers alone process, the subscriptions of orders and stock match
 * nothing. The queue that leads to Kafka has no subscription.
 */
export function isSubscribed(owner: QueueOwner, type: EventType, processing: Processing): boolean {
  if (isBrokerPublisher(owner)) {
    const published: readonly EventType[] = owner === RABBITMQ_PUBLISHER ? RABBITMQ_EVENT_TYPES : [];
    return published.includes(type);
  }
  const { on, alsoByBrokers } = declarationOf(owner);
  return on.includes(type) && (processing.includes("queues") || !alsoByBrokers);
}

/**
 * Groups of consumers: of each, at least one has to process the event. Where the backbones change, they are
 * alternatives.
 */
export function requiredConsumersOf(type: EventType, route: Route): readonly (readonly EventConsumer[])[] {
  const steps = [route.processing, ...route.moves];
  const subscribed = (name: QueueConsumer) => steps.some((each) => isSubscribed(name, type, each));
  const brokers = BROKER_EVENT_TYPES.includes(type)
    ? brokersOf(route).map((broker) => BROKERS[broker].consumer)
    : [];
  if (route.moves.length === 0)
    return [...QUEUE_CONSUMERS.filter(subscribed), ...brokers].map((name) => [name]);
  return QUEUE_CONSUMERS.filter((name) => declarationOf(name).on.includes(type)).map((name) => [
    ...(subscribed(name) ? [name] : []),
    ...(declarationOf(name).alsoByBrokers ? brokers : []),
  ]);
}

/** The stream reader and the queue through which a consumer receives its events. */
export function routeTo(consumer: EventConsumer): {
  readonly publisher: StreamPublisher;
  readonly queue: QueueOwner;
} {
  switch (consumer) {
    case KAFKA_CONSUMER:
      return { publisher: BROKERS.kafka.publisher, queue: BROKERS.kafka.publisher };
    case RABBITMQ_CONSUMER:
      return { publisher: "publish-events", queue: BROKERS.rabbitmq.publisher };
    default:
      return { publisher: "publish-events", queue: consumer };
  }
}
