import type { InvocationContext } from "../batch.ts";
import type { Clock } from "../clock.ts";
import {
  attemptOf,
  earlierDeliveries,
  RABBIT_HEADERS,
  type RabbitRecord,
  type RabbitResponse,
  rabbitEvent,
  rabbitHeader,
  rabbitmq,
} from "./rabbitmq.ts";

/** A copy of a message for another queue: its headers, with some of ours set. */
export interface RabbitCopy {
  readonly queue: string;
  readonly record: RabbitRecord;
  readonly headers: Readonly<Record<string, string>>;
}

/** Puts copies into queues. */
export interface RabbitCopies {
  /**
   * MUST resolve only once the broker has confirmed that each copy is in its queue, and reject otherwise. `deadline` is
   * in milliseconds since the epoch.
   */
  put(copies: readonly RabbitCopy[], deadline: number): Promise<void>;
}

/** The names of the queues beside a queue. */
export interface RabbitQueueNames {
  /** Where messages of `queue` wait for so many seconds: a broker expires only the head of a queue. */
  retry(queue: string, seconds: number): string;
  /** Where messages of `queue` go that may have crashed the function. */
  suspects(queue: string): string;
  /** The queue that a suspect came from; `undefined` for a queue of another kind. */
  ofSuspects(queue: string): string | undefined;
}

export interface RetryOptions {
  readonly names: RabbitQueueNames;
  readonly copies: RabbitCopies;
  readonly clock: Pick<Clock, "now">;
  readonly attempts: number;
  /** Seconds before each attempt after the first. The last one also holds what could not be parked. */
  readonly delaysSeconds: readonly number[];
}

type Handler = (event: unknown, context: InvocationContext) => Promise<unknown>;

/** Deliveries after which a message is handled alone: it, or one beside it, may be what crashes the function. */
const SUSPECT_AFTER = 5;
/** Deliveries of a suspect, alone each time, after which it is parked without being handled. */
const SPENT_AFTER = 2;
/** Of the invocation, kept to return in. */
const RESERVE_MS = 300;

/**
 * Around a consumer of RabbitMQ, whose event source mapping is all or nothing. Nothing is left to it:
 *
 * - A message that was delivered too often is moved to the queue of suspects, and the rest is handled.
 * - A failed message is copied to the retry queue of its delay.
 * - The invocation succeeds only once the broker has confirmed each copy. Otherwise the whole batch is redelivered, which
 *   makes duplicates and loses nothing.
 */
export function retryThroughQueues(handle: Handler, options: RetryOptions): Handler {
  const { copies, clock, attempts } = options;
  const transport = rabbitmq({ attempts });
  return async (event, context) => {
    const deadline = clock.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const records = transport.read(event);
    const moves = records.map((raw) => moveOf(raw, options.names));
    const moved = moves.flatMap((move) => move ?? []);
    // First: a record that crashes the function would crash it again.
    if (moved.length > 0) await copies.put(moved, deadline);
    const rest = records.filter((_, index) => moves[index] === undefined);
    if (rest.length === 0) return null;
    const { retry } = (await handle(
      moved.length === 0 ? event : rabbitEvent(event, rest),
      context,
    )) as RabbitResponse;
    if (retry.length > 0) {
      const failed = retry.map((record) => retryOf(record, options));
      await copies.put(failed, deadline);
    }
    return null;
  };
}

/** Whether a suspect crashed the function each time that it was handled alone. */
export function isSpent(raw: RabbitRecord, names: RabbitQueueNames): boolean {
  return isSuspect(raw, names) && lonelyDeliveries(raw) >= SPENT_AFTER;
}

/** Where a message goes that is not handled now. */
function moveOf(raw: RabbitRecord, names: RabbitQueueNames): RabbitCopy | undefined {
  const deliveries = earlierDeliveries(raw);
  // A broker that counts for itself needs no header of ours.
  const isUncounted = raw.redelivered === true && deliveries === undefined;
  if (isSuspect(raw, names)) {
    return isUncounted && !isSpent(raw, names) ? suspected(raw, raw.queue, suspicions(raw) + 1) : undefined;
  }
  const isTooMany = (deliveries ?? 0) >= SUSPECT_AFTER;
  return isUncounted || isTooMany ? suspected(raw, names.suspects(raw.queue), 1) : undefined;
}

function suspected(record: RabbitRecord, queue: string, times: number): RabbitCopy {
  return { queue, record, headers: { [RABBIT_HEADERS.suspected]: String(times) } };
}

function isSuspect({ queue }: RabbitRecord, names: RabbitQueueNames): boolean {
  return names.ofSuspects(queue) !== undefined;
}

/** Earlier deliveries of a suspect: those that the broker counted, and those that our own header did. */
function lonelyDeliveries(raw: RabbitRecord): number {
  return suspicions(raw) - 1 + (earlierDeliveries(raw) ?? 0);
}

/** A header that is no number counts as too many, so that forged ones end. */
function suspicions(raw: RabbitRecord): number {
  const text = rabbitHeader(raw, RABBIT_HEADERS.suspected);
  if (text === undefined) return 1;
  return /^[1-9]$/.test(text) ? Number(text) : SPENT_AFTER + 1;
}

/** The copy that returns to the queue of its consumer. */
function retryOf(record: RabbitRecord, { attempts, delaysSeconds, names }: RetryOptions): RabbitCopy {
  const attempt = attemptOf(record, attempts);
  const seconds = delaysSeconds[Math.min(attempt, delaysSeconds.length) - 1] ?? 0;
  const origin = names.ofSuspects(record.queue) ?? record.queue;
  return {
    queue: names.retry(origin, seconds),
    record,
    headers: { [RABBIT_HEADERS.attempt]: String(Math.min(attempts, attempt + 1)) },
  };
}
