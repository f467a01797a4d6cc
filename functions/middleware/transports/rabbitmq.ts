import { isUtf8 } from "node:buffer";
import type { Attributes } from "../attributes.ts";
import { MESSAGE_BYTES, RETRY_ATTRIBUTES } from "../engine-names.ts";
import { type Transport, UnexpectedEvent } from "../transport.ts";
import { base64Text, boundedText, headersOf, isBytes } from "./record-bytes.ts";

/**
 * One message of an event of RabbitMQ. Its queue is the only thing that is sure to be what it says.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export interface RabbitRecord {
  readonly queue: string;
  readonly vhost: string;
  /** Content type, message id and the like, and `headers`: text as `{"bytes": [<byte>, …]}`, a number as itself. */
  readonly basicProperties?: unknown;
  readonly redelivered?: unknown;
  /** Base64. */
  readonly data?: unknown;
}

/** What the transport answers: the records that have to be redelivered. `retryThroughQueues` acts on it. */
export interface RabbitResponse {
  readonly retry: readonly RabbitRecord[];
}

/**
 * Headers of our own, always text. The broker's own begin with `x-`; they are never copied and never believed, because
 * a publisher may send them too.
 */
export const RABBIT_HEADERS = {
  /** The number of the attempt that this copy is; absent in the first. */
  attempt: "attempt",
  /** How often the message was moved to the queue of suspects; absent elsewhere. */
  suspected: "suspected",
  /** Milliseconds since the epoch: when the event was published. The same in each copy that a retry makes. */
  sentAt: "sentAt",
} as const;

export interface RabbitOptions {
  /** A record whose attempt of this number fails is parked. */
  readonly attempts: number;
}

/**
 * A queue of RabbitMQ. The event source mapping reads no response: it takes a return for the whole batch and delivers the
 * whole batch again after an error. `retryThroughQueues` therefore publishes each failed record to a retry queue
 * before it returns. The broker counts deliveries of a batch, not failures of a record, so attempts are counted in a
 * header of our own.
 */
export function rabbitmq({ attempts }: RabbitOptions): Transport<RabbitRecord> {
  return {
    read,
    body: rabbitBody,
    source,
    attributes: rabbitAttributes,
    isRetriedOrRedriven: (raw) =>
      rabbitHeader(raw, RETRY_ATTRIBUTES.dlqRetryCount) !== undefined ||
      rabbitHeader(raw, RETRY_ATTRIBUTES.redriveId) !== undefined,
    sentAt: (raw) => sentAt(raw) ?? Number.NaN,
    attempt: (raw) => attemptOf(raw, attempts),
    isLastAttempt: () => false,
    parksNow: (raw) => attemptOf(raw, attempts) >= attempts,
    lane: () => undefined,
    response: (_, retry): RabbitResponse => ({ retry }),
  };
}

/** The number of this attempt. A header that is no number from 1 on counts as the last one, so that forged ones end. */
export function attemptOf(raw: RabbitRecord, attempts: number): number {
  const text = rabbitHeader(raw, RABBIT_HEADERS.attempt);
  if (text === undefined) return 1;
  return /^[1-9]\d{0,2}$/.test(text) ? Math.min(attempts, Number(text)) : attempts;
}

/** The body as text; what is not text stays the base64 it came as. One too large for the store is cut. */
export function rabbitBody({ data }: RabbitRecord): string {
  if (data === undefined || data === null) return "";
  if (typeof data !== "string") return boundedText(JSON.stringify(data) ?? "", MESSAGE_BYTES);
  return boundedText(base64Text(data) ?? data, MESSAGE_BYTES);
}

/** A header as text, whatever its type; `undefined` where it is absent or nested. */
export function rabbitHeader(raw: RabbitRecord, name: string): string | undefined {
  const headers = headersIn(raw);
  return headers === undefined || !Object.hasOwn(headers, name) ? undefined : textOf(headers[name]);
}

function textOf(value: unknown): string {
  if (isPlain(value)) return String(value);
  return bytesIn(value)?.toString("utf8") ?? "";
}

/**
 * Why the broker moved the message to a dead-letter exchange last; `undefined` where it does not say. A retry queue expires
 * each message, so the first death of a retried message says nothing. RabbitMQ 3 names the last one in `x-death` only.
 */
export function lastDeathReason(raw: RabbitRecord): string | undefined {
  const deaths = headersIn(raw)?.["x-death"];
  const [latest] = Array.isArray(deaths) ? (deaths as readonly unknown[]) : [];
  return (
    rabbitHeader(raw, "x-last-death-reason") ??
    (isObject(latest) ? textOf(latest["reason"]) : rabbitHeader(raw, "x-first-death-reason"))
  );
}

/** A property of the message as text. */
export function rabbitProperty({ basicProperties }: RabbitRecord, name: string): string | undefined {
  if (!isObject(basicProperties) || !Object.hasOwn(basicProperties, name)) return undefined;
  const value = basicProperties[name];
  return typeof value === "string" ? value : undefined;
}

/** Headers that a copy of the message takes along: all but the broker's, and but those that are neither text nor number. */
export function copiedHeaders(raw: RabbitRecord): Readonly<Record<string, string | number | boolean>> {
  const copied = Object.entries(headersIn(raw) ?? {}).flatMap(([name, value]) => {
    if (isOfBroker(name)) return [];
    if (isPlain(value)) return [[name, value] as const];
    const bytes = bytesIn(value);
    return bytes !== undefined && isUtf8(bytes) ? [[name, bytes.toString("utf8")] as const] : [];
  });
  // Names come from outside: `__proto__` must become a key like any other.
  return Object.fromEntries(copied);
}

/** The names of headers that a copy does not take along, without the broker's. */
export function uncopiedHeaders(raw: RabbitRecord): readonly string[] {
  const copied = copiedHeaders(raw);
  return Object.keys(headersIn(raw) ?? {}).filter(
    (name) => !isOfBroker(name) && !Object.hasOwn(copied, name),
  );
}

/**
 * How often the broker has delivered the message before, as it counts: 4.3 counts every delivery in `x-acquired-count`,
 * others count in `x-delivery-count`. `undefined` where neither is handed over.
 */
export function earlierDeliveries(raw: RabbitRecord): number | undefined {
  const counts = ["x-delivery-count", "x-acquired-count"].flatMap((name) => {
    const text = rabbitHeader(raw, name);
    return text !== undefined && /^\d{1,9}$/.test(text) ? [Number(text)] : [];
  });
  return counts.length === 0 ? undefined : Math.max(...counts);
}

/**
 * The event with some of its records, each as it came. Keys of queues without a record are left out.
 * The key is `<queue>::<vhost>`, and both may hold colons themselves.
 */
export function rabbitEvent(event: unknown, records: readonly RabbitRecord[]): unknown {
  const byQueue: Record<string, RabbitRecord[]> = Object.create(null);
  for (const record of records) {
    const key = `${record.queue}::${record.vhost}`;
    const ofQueue = byQueue[key] ?? [];
    byQueue[key] = ofQueue;
    ofQueue.push(record);
  }
  return { ...(event as object), rmqMessagesByQueue: byQueue };
}

function read(event: unknown): readonly RabbitRecord[] {
  const { eventSource, rmqMessagesByQueue } = (event ?? {}) as Readonly<Record<string, unknown>>;
  if (eventSource !== "aws:rmq") {
    throw new UnexpectedEvent(`Expected an event of aws:rmq, received one of ${String(eventSource)}.`);
  }
  if (!isObject(rmqMessagesByQueue)) {
    throw new UnexpectedEvent("The event of aws:rmq has no rmqMessagesByQueue.");
  }
  return Object.entries(rmqMessagesByQueue).flatMap(([key, messages]) => {
    // The name of a queue may hold `::`, and the vhost is `/` or a name that the owner chose.
    const at = key.lastIndexOf("::");
    if (at <= 0) throw new UnexpectedEvent(`${JSON.stringify(key)} is not <queue>::<vhost>.`);
    const [queue, vhost] = [key.slice(0, at), key.slice(at + 2)];
    if (!Array.isArray(messages)) throw new UnexpectedEvent(`Under ${key} there is no list of messages.`);
    return (messages as unknown[]).map((message): RabbitRecord => {
      if (!isObject(message)) throw new UnexpectedEvent(`Under ${key} there is a message that is no object.`);
      const { basicProperties, redelivered, data } = message;
      return { queue, vhost, basicProperties, redelivered, data };
    });
  });
}

/**
 * With its message id, redrive and time, it names one publication: after a failed invocation the batch is redelivered.
 */
function source(raw: RabbitRecord): string {
  const place = `rabbitmq:${raw.vhost}:${raw.queue}`;
  const id = rabbitProperty(raw, "messageId");
  const time = sentAt(raw);
  if (id === undefined || time === undefined) return place;
  const redriveId = rabbitHeader(raw, RETRY_ATTRIBUTES.redriveId);
  const redrive = redriveId === undefined ? "" : `~${redriveId.slice(0, 64)}`;
  return `${place}/${id.slice(0, 256)}${redrive}@${time}`;
}

function sentAt(raw: RabbitRecord): number | undefined {
  const text = rabbitHeader(raw, RABBIT_HEADERS.sentAt);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Headers that count attempts: a redrive, and a retry from the dead-letter queue, begin again. */
const OF_ATTEMPTS: readonly string[] = [RABBIT_HEADERS.attempt, RABBIT_HEADERS.suspected];

/** Headers as the failed-message store keeps them. Numbers are their text; of nested ones only the names are kept. */
function rabbitAttributes(raw: RabbitRecord): Attributes {
  const kept = Object.entries(headersIn(raw) ?? {}).filter(
    ([name]) => !isOfBroker(name) && !OF_ATTEMPTS.includes(name),
  );
  return headersOf(
    kept.map(([name, value]) => [name, isPlain(value) ? Buffer.from(String(value)) : bytesIn(value)]),
  );
}

function headersIn({ basicProperties }: RabbitRecord): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(basicProperties)) return undefined;
  const { headers } = basicProperties;
  return isObject(headers) ? headers : undefined;
}

function bytesIn(value: unknown): Buffer | undefined {
  if (!isObject(value)) return undefined;
  const { bytes } = value;
  return isBytes(bytes) && bytes !== null ? Buffer.from(bytes) : undefined;
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

const isOfBroker = (name: string) => name.toLowerCase().startsWith("x-");

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
