import type { AsyncMessage } from "rabbitmq-client";
import type { RabbitMessage } from "../../../../functions/adapters/rabbitmq-publisher.ts";
import {
  queueOfSuspects,
  RABBITMQ,
  RABBITMQ_CONSUMER,
  RABBITMQ_QUEUES,
  retryQueue,
} from "../../../../functions/contract/broker-names.ts";
import type { OrderEvent } from "../../../../functions/contract/schemas.ts";
import { base64Text } from "../../../../functions/middleware/transports/record-bytes.ts";
import type { RabbitPolicy } from "../../../../lib/settings/rabbitmq-topology.ts";
import type { RabbitRules } from "./rabbitmq-rules.ts";

export const RETRY_QUEUE_DELAYS_SECONDS = [5, 30, 120] as const;

const isRetryQueue = (name: string) =>
  RABBITMQ_QUEUES.some((queue) => RETRY_QUEUE_DELAYS_SECONDS.some((s) => retryQueue(queue, s) === name));

/** The function that reads a queue: none reads a retry queue. */
export function readerOf({
  name,
}: RabbitQueue): "rabbitmq-dead-letters" | typeof RABBITMQ_CONSUMER | undefined {
  if (name === RABBITMQ.deadLetterQueue) return "rabbitmq-dead-letters";
  return isRetryQueue(name) ? undefined : RABBITMQ_CONSUMER;
}

/** Read only while RabbitMQ processes; suspects and dead letters in any case. */
export const hasEvents = ({ name }: RabbitQueue): boolean => RABBITMQ_QUEUES.includes(name);

export const isOfSuspects = ({ name }: RabbitQueue): boolean => queueOfSuspects(name) !== undefined;

/** A message as a client publishes it. */
export interface ClientMessage
  extends Pick<RabbitMessage, "body" | "type" | "contentType" | "correlationId"> {
  readonly messageId?: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Its own time to live. Ours have none. */
  readonly expirationMs?: number;
}

/** How often a message failed before, counted apart from its headers. A copy continues the lineage of its original. */
export interface Lineage {
  /** Attempts that failed since the event came or was retried from the dead-letter queue. */
  readonly failures: number;
  readonly dlqRetries: number;
  /** Moves to the queue of suspects since the last failure. */
  readonly suspicions: number;
}

export const NEW_LINEAGE: Lineage = { failures: 0, dlqRetries: 0, suspicions: 0 };

/** A message in one queue. */
export interface QueuedMessage extends ClientMessage {
  readonly id: number;
  /** The body as the failed-message store keeps it. */
  readonly text: string;
  readonly lineage: Lineage;
  readonly enqueuedAt: number;
  readonly deaths: readonly Death[];
  /** Deliveries to a function. */
  deliveries: number;
  /** What the broker counts as a failed delivery. */
  counted: number;
}

/** An entry of x-death. */
interface Death {
  readonly queue: string;
  readonly reason: DeathReason;
  readonly count: number;
}
export type DeathReason = "expired" | "delivery_limit" | "maxlen";

/** A quorum queue by the rules of RabbitMQ. */
export interface RabbitQueue {
  readonly name: string;
  readonly policy: RabbitPolicy["definition"];
  /** In the sequence of their delivery. */
  readonly ready: QueuedMessage[];
  readonly unacknowledged: Set<QueuedMessage>;
  /** Dead letters that no target has accepted yet. */
  readonly dying: { readonly message: QueuedMessage; notBefore: number }[];
  /** In an invocation: a mapping has one at a time. */
  isBusy: boolean;
  /** Earliest time of the next delivery. */
  notBefore: number;
  isMissing: boolean;
  /** Latest expiry of the messages that left the head by expiry. */
  lastExpiry: number;
}

export function newQueue({ queue: name, definition: policy }: RabbitPolicy): RabbitQueue {
  return {
    name,
    policy,
    ready: [],
    unacknowledged: new Set(),
    dying: [],
    isBusy: false,
    notBefore: 0,
    isMissing: false,
    lastExpiry: 0,
  };
}

export const messagesIn = ({ ready, unacknowledged, dying }: RabbitQueue): readonly QueuedMessage[] => [
  ...ready,
  ...unacknowledged,
  ...dying.map(({ message }) => message),
];

/** Whether the queue takes no further message. A quorum queue takes one more than its length. */
export function isFull({ ready, policy }: RabbitQueue): boolean {
  const length = policy["max-length"];
  return typeof length === "number" && ready.length > length;
}

/** When a message expires; Infinity where it does not. */
export function expiryOf({ policy }: RabbitQueue, { enqueuedAt, expirationMs }: QueuedMessage): number {
  const ttl = policy["message-ttl"];
  const least = Math.min(
    typeof ttl === "number" ? ttl : Number.POSITIVE_INFINITY,
    expirationMs ?? Number.POSITIVE_INFINITY,
  );
  return enqueuedAt + least;
}

export function textOfBody(body: Buffer): string {
  const base64 = body.toString("base64");
  return base64Text(base64) ?? base64;
}

/** The dead letter that a message becomes, with the headers that the broker adds. */
export function deadLetterOf(
  message: QueuedMessage,
  queue: RabbitQueue,
  reason: DeathReason,
  rules: RabbitRules,
): ClientMessage & Pick<QueuedMessage, "lineage" | "deaths"> {
  const { expirationMs: _, deaths, headers, ...kept } = message;
  const same = (one: Death) => one.queue === queue.name && one.reason === reason;
  const published = rules.believesClients ? countIn(headers["x-death"]) : 0;
  const count = (deaths.find(same)?.count ?? published) + 1;
  const death = { queue: queue.name, reason, count };
  const first = {
    "x-first-death-queue": queue.name,
    "x-first-death-reason": reason,
    "x-first-death-exchange": "",
  };
  return {
    ...kept,
    deaths: [death, ...deaths.filter((one) => !same(one))],
    headers: {
      ...first,
      ...headers,
      ...(rules.tellsLastDeath ? { "x-last-death-queue": queue.name, "x-last-death-reason": reason } : {}),
      "x-death": [death],
    },
  };
}

/** The count of an x-death that a client published. */
function countIn(deaths: unknown): number {
  const [first] = Array.isArray(deaths) ? (deaths as readonly { count?: unknown }[]) : [];
  return typeof first?.count === "number" ? first.count : 0;
}

/** A delivery as the event source mapping gets it from its client. */
export function deliveryOf(message: QueuedMessage, queue: string, rules: RabbitRules): AsyncMessage {
  const { headers, deliveries, counted, body, messageId, type, contentType, correlationId } = message;
  const counts =
    deliveries > 1 && rules.handsCountsOver
      ? {
          ...(counted > 0 ? { "x-delivery-count": counted } : {}),
          ...(rules.countsAcquisitions ? { "x-acquired-count": deliveries - 1 } : {}),
        }
      : {};
  const all = { ...headers, ...counts };
  return {
    consumerTag: "",
    deliveryTag: message.id,
    exchange: "",
    routingKey: queue,
    redelivered: deliveries > 1,
    durable: true,
    body,
    ...(Object.keys(all).length === 0 ? {} : { headers: all }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(type === undefined ? {} : { type }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

/** A message as the publisher of the deployment sends an event. */
export function eventMessage(
  { id, type, subject }: OrderEvent,
  body: string,
  headers: ClientMessage["headers"],
): ClientMessage {
  return {
    body: Buffer.from(body),
    messageId: id,
    type,
    correlationId: subject,
    headers: { type, ...headers },
  };
}
