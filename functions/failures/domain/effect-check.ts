import {
  CONSUMER_NAMES,
  type ConsumerName,
  declarationOf,
  isQueueConsumer,
  subscribersOf,
} from "../../consumers/consumers.ts";
import type { ConsumerDeclaration, Effect, EffectInput, Evidence } from "../../consumers/define-consumer.ts";
import { KAFKA_CONSUMER, RABBITMQ_CONSUMER } from "../../contract/broker-names.ts";
import { EVENT_TYPES, type EventType } from "../../contract/order-status.ts";
import { orderIdOfEvent } from "../../orders/domain/order.ts";
import type { FailedMessage } from "./failed-message.ts";

/** `undefined` for a row that was written by a version with other consumers. */
export function knownConsumer({ consumer }: Pick<FailedMessage, "consumer">): ConsumerName | undefined {
  return CONSUMER_NAMES.find((known) => known === consumer);
}

/** The parts of a failed message that its effect is judged by. A dead message has no reason yet. */
export type Judged = Pick<FailedMessage, "consumer" | "eventId" | "eventType"> &
  Partial<Pick<FailedMessage, "reason">>;

/** The effect of one failed message. `unknown` is never evidence to resolve it. */
export function checkEffect(row: Judged, evidence: Evidence): Effect {
  const consumer = knownConsumer(row);
  if (consumer === undefined) return unknown(`no consumer ${row.consumer} is known`);
  const { order } = evidence;
  if (order === undefined || orderIdOfEvent(row.eventId) !== order.orderId) {
    return unknown("no order belongs to it");
  }
  const missing: Effect = { effect: "missing", because: `the order is ${order.status}` };
  // The event is wrong: an operator has to see it, whatever the order status.
  if (row.reason === "EVENT_CONTRADICTS_ORDER" && !isInDoubt(row, evidence))
    return { effect: "missing", because: `the order is ${order.status}, with other lines` };
  // Other readers of the topic still lack the event, so the order proves nothing.
  if (consumer === "publish-to-kafka" || consumer === "publish-to-rabbitmq") return missing;
  const consumers = reachedBy(consumer, row);
  // A broker's topic holds every event; its consumer may give up on a batch with types that it ignores.
  if (consumers.length === 0 && isBrokerConsumer(consumer) && isEventType(row.eventType)) {
    return { effect: "done", because: `${consumer} ignores ${row.eventType}` };
  }
  const effects = consumers.map((reached) => reached.effect.check(inputOf(reached, order, evidence, row)));
  return (
    effects.find(({ effect }) => effect === "missing") ??
    effects.find(({ effect }) => effect === "unknown") ??
    effects.at(-1) ??
    (isEventType(row.eventType) ? missing : unknown(`no consumer of ${row.eventType} is known`))
  );
}

/** Only of a consumer itself: a row of a publisher holds an event for all, and each of them decides about its own. */
export function isInDoubt({ consumer }: Pick<FailedMessage, "consumer">, evidence: Evidence): boolean {
  return isQueueConsumer(consumer) && declarationOf(consumer).effect.isInDoubt?.(evidence) === true;
}

/** The consumers that an event reaches by this one: itself, or all that a backbone hands it to. */
export function reachedBy(
  consumer: ConsumerName,
  { eventType }: Pick<FailedMessage, "eventType">,
): readonly ConsumerDeclaration[] {
  const type = isEventType(eventType) ? eventType : undefined;
  switch (consumer) {
    case "publish-events":
      return type === undefined ? [] : subscribersOf(type);
    case "publish-to-kafka":
    case "order-events-kafka":
    case "publish-to-rabbitmq":
    case "order-events-rabbitmq":
      return type === undefined ? [] : subscribersOf(type).filter(({ alsoByBrokers }) => alsoByBrokers);
    default:
      return [declarationOf(consumer)];
  }
}

/** What a consumer's effect is judged by. */
export function inputOf(
  { name }: Pick<ConsumerDeclaration, "name">,
  order: EffectInput["order"],
  { notification, marks }: Evidence,
  row: Judged,
): EffectInput {
  return { message: row, order, notification, isMarked: marks.has(name) };
}

const isEventType = (type: string | undefined): type is EventType =>
  EVENT_TYPES.some((known) => known === type);

const isBrokerConsumer = (consumer: ConsumerName): boolean =>
  consumer === KAFKA_CONSUMER || consumer === RABBITMQ_CONSUMER;

const unknown = (because: string): Effect => ({ effect: "unknown", because });
