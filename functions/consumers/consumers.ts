import { API_FUNCTIONS, type ApiFunctionName } from "../contract/api.ts";
import { KAFKA_CONSUMER, RABBITMQ_CONSUMER, RABBITMQ_PUBLISHER } from "../contract/broker-names.ts";
import { STREAM_PUBLISHERS, SYSTEM_FUNCTIONS } from "../contract/names.ts";
import type { EventType } from "../contract/order-status.ts";
import { checkDeclaration } from "./check-declaration.ts";
import type { ConsumerDeclaration } from "./define-consumer.ts";
import { notifyCustomer } from "./notify-customer/consumer.ts";
import { orderCancelled } from "./order-cancelled/consumer.ts";
import { orderCreated } from "./order-created/consumer.ts";

/** The consumers with a queue of their own. A new one is one line here and a folder beside this file. */
export const CONSUMERS = [orderCreated, orderCancelled, notifyCustomer] as const;
for (const declared of CONSUMERS) checkDeclaration(declared);

export type QueueConsumer = (typeof CONSUMERS)[number]["name"];
export const QUEUE_CONSUMERS: readonly QueueConsumer[] = CONSUMERS.map(({ name }) => name);

/** The event types that each subscription passes. */
export const SUBSCRIPTIONS = Object.fromEntries(
  CONSUMERS.map(({ name, on }: ConsumerDeclaration): [string, readonly EventType[]] => [name, on]),
) as Readonly<Record<QueueConsumer, readonly EventType[]>>;

/** Every reader of events: the queue consumers, the publishers, and the consumers of brokers. */
export const CONSUMER_NAMES = [
  ...QUEUE_CONSUMERS,
  ...STREAM_PUBLISHERS,
  KAFKA_CONSUMER,
  RABBITMQ_PUBLISHER,
  RABBITMQ_CONSUMER,
] as const;
export type ConsumerName = (typeof CONSUMER_NAMES)[number];

/** One Lambda function and one bundle each. */
export type FunctionName = ApiFunctionName | (typeof SYSTEM_FUNCTIONS)[number] | QueueConsumer;
export const FUNCTIONS: readonly FunctionName[] = /* @__PURE__ */ functionNames();

function functionNames(): readonly FunctionName[] {
  return [...API_FUNCTIONS, ...SYSTEM_FUNCTIONS, ...QUEUE_CONSUMERS];
}

export function isQueueConsumer(name: string): name is QueueConsumer {
  return QUEUE_CONSUMERS.some((known) => known === name);
}

export function declarationOf(name: QueueConsumer): ConsumerDeclaration {
  const found = CONSUMERS.find((declared) => declared.name === name);
  if (found === undefined) throw new RangeError(`No consumer ${name} is declared.`);
  return found;
}

/** The consumers that an event of this type reaches by their queues. */
export function subscribersOf(type: EventType): readonly ConsumerDeclaration[] {
  return CONSUMERS.filter(({ on }: ConsumerDeclaration) => on.includes(type));
}

/** The types that the consumers of brokers process; they ignore the others. */
export const BROKER_EVENT_TYPES: readonly EventType[] = [
  ...new Set(CONSUMERS.filter(({ alsoByBrokers }) => alsoByBrokers).flatMap(({ on }) => on)),
];
