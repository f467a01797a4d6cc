import { EVENT_BYTES } from "../../event-sources/event-size.ts";
import { createBackoff } from "../../event-sources/loop-waits.ts";
import { eventBytes, type KafkaRecord, partitionName } from "./kafka-event.ts";
import type { KafkaVerdict } from "./kafka-response.ts";

/** Records of one attempt, from the head of the partition on. */
interface Piece {
  readonly size: number;
  readonly retries: number;
  readonly invokes: number;
  /** Invoked without records of other partitions, to find the partition that fails. */
  readonly alone: boolean;
}

export type GiveUpReason = "RetriesExhausted" | "RecordAgeExceeded";

/** The result of an invocation for one partition. */
export interface Decision {
  /** Records at the head that are finished. */
  readonly finished: number;
  /** Records after those that are given up, and their number of invocations. */
  readonly givenUp: number;
  readonly invokes: number;
}

export interface RetryRules {
  readonly bisect: boolean;
  readonly maximumRetryAttempts: number;
}

/** One assigned partition: its unfinished records, in order. */
export interface PartitionQueue {
  readonly name: string;
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read from the broker. */
  position: bigint;
  /** The next offset to commit. */
  committed: bigint;
  readonly buffer: KafkaRecord[];
  /** Milliseconds since the epoch; no invocation before. */
  notBefore: number;
  /** Records of the next invocation, with room for `room` records of `bytes` bytes. */
  take(room: number, bytes: number): readonly KafkaRecord[];
  /** Whether its records must be alone in their invocation. */
  readonly isAlone: boolean;
  /** Decides about invoked records; `shared`: the event had other partitions as well. */
  decide(taken: number, verdict: KafkaVerdict, throttled: boolean, shared: boolean, now: number): Decision;
  /** Number of records at the head that are older than that. */
  older(thanMs: number): number;
  /** Removes records from the head, after `decide`, and after the destination has stored the given-up ones. */
  drop(count: number): void;
  /** Removes records from the head without a decision. */
  expire(count: number): void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;
const NOTHING: Decision = { finished: 0, givenUp: 0, invokes: 0 };

/**
 * The rules of one partition. A reported failure is retried from the lowest failed offset on. With bisect, a failed
 * event is halved, down to one record of one partition. Only an event that cannot be split consumes retries. A
 * throttled invocation consumes none.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
 */
export const createPartitionQueue = (
  topic: string,
  partition: number,
  from: bigint,
  rules: RetryRules,
): PartitionQueue => {
  const buffer: KafkaRecord[] = [];
  const backoff = createBackoff(FIRST_RETRY_MS, LAST_RETRY_MS);
  let pieces: Piece[] = [];

  const decide: PartitionQueue["decide"] = (taken, verdict, throttled, shared, now) => {
    const head = pieces[0] ?? { size: taken, retries: 0, invokes: 0, alone: false };
    const later = pieces.slice(1);
    const invokes = head.invokes + 1;
    const failedAt =
      verdict.kind === "failed"
        ? buffer.slice(0, taken).findIndex(({ offset }) => offset === verdict.lowest.get(queue.name))
        : verdict.kind === "all"
          ? 0
          : -1;
    if (failedAt < 0) {
      backoff.reset();
      pieces = later;
      return { finished: taken, givenUp: 0, invokes };
    }
    const size = taken - failedAt;
    const rest: Piece = { ...head, size, invokes };
    if (throttled) {
      pieces = [rest, ...later];
      queue.notBefore = now + backoff.next();
      return NOTHING;
    }
    if (verdict.kind === "all" && rules.bisect && (shared || size > 1)) {
      const first = Math.floor(size / 2);
      const halves = shared
        ? [{ ...rest, alone: true }]
        : [
            { ...rest, size: first },
            { ...rest, size: size - first },
          ];
      pieces = [...halves, ...later];
      return NOTHING;
    }
    // With bisect, the batch counts as split at the reported failure, and splitting is free.
    const free = rules.bisect && failedAt > 0;
    if (!free && rules.maximumRetryAttempts >= 0 && head.retries >= rules.maximumRetryAttempts) {
      pieces = later;
      return { finished: failedAt, givenUp: size, invokes };
    }
    if (failedAt > 0) backoff.reset();
    pieces = [{ ...rest, retries: free ? head.retries : head.retries + 1 }, ...later];
    queue.notBefore = now + backoff.next();
    return { finished: failedAt, givenUp: 0, invokes };
  };

  const queue: PartitionQueue = {
    name: partitionName(topic, partition),
    topic,
    partition,
    position: from,
    committed: from,
    buffer,
    notBefore: 0,
    take(room, bytes) {
      const size = pieces[0]?.size ?? Math.min(room, buffer.length);
      if (size > room) return [];
      let used = 0;
      const fits = buffer.slice(0, size).findIndex((record, index) => {
        used += eventBytes(record);
        return used > bytes && (index > 0 || bytes < EVENT_BYTES);
      });
      if (fits < 0) return buffer.slice(0, size);
      // Records that are retried together come first in an event and are not split.
      return pieces.length > 0 ? [] : buffer.slice(0, fits);
    },
    get isAlone() {
      return pieces[0]?.alone === true;
    },
    decide,
    older(thanMs) {
      const fresh = buffer.findIndex(({ timestampMs }) => timestampMs >= thanMs);
      return fresh < 0 ? buffer.length : fresh;
    },
    drop(count) {
      const last = buffer.splice(0, count).at(-1);
      if (last !== undefined) queue.committed = last.offset + 1n;
    },
    expire(count) {
      let left = count;
      pieces = pieces.flatMap((piece) => {
        const gone = Math.min(left, piece.size);
        left -= gone;
        return gone === piece.size ? [] : [{ ...piece, size: piece.size - gone }];
      });
      queue.drop(count);
    },
  };
  return queue;
};
