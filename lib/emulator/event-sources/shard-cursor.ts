import type { DynamoDBRecord } from "aws-lambda";
import type { Clock } from "../types.ts";
import { AwsCallError } from "./aws-json.ts";
import type { Checkpoint } from "./checkpoints.ts";
import { createdAtSecondsOf, sequenceNumberOf } from "./stream-batch.ts";
import type { ShardPosition, StreamSource } from "./stream-shards.ts";

/**
 * A stream keeps records for 24 hours. An emulator that has dropped them all counts from 1 again, so that a
 * sequence number read yesterday would hide what is new. Past this age, below those 24 hours, the shard is read
 * from its start, and what was seen is told apart by its age.
 */
const TRUSTED_SECONDS = 20 * 60 * 60;

/** Codes after which the place is still known but the iterator is not usable. */
const STALE_ITERATOR = new Set(["ExpiredIteratorException", "TrimmedDataAccessException"]);

/** Reads a shard page by page, from a checkpoint on. */
export interface ShardCursor {
  /** The next records, none when there are none yet. `closed` when none can come any more. */
  next(limit: number): Promise<{ readonly records: readonly DynamoDBRecord[]; readonly closed: boolean }>;
}

export const openShardCursor = (options: {
  readonly source: StreamSource;
  readonly shardId: string;
  readonly checkpoint: Checkpoint | undefined;
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  readonly clock: Clock;
}): ShardCursor => {
  const { source, shardId, clock } = options;
  let last = options.checkpoint;
  let iterator: string | undefined;
  let caughtUp = true;

  const isStale = (checkpoint: Checkpoint) =>
    clock.now() / 1000 - checkpoint.createdAtSeconds > TRUSTED_SECONDS;
  const position = (): ShardPosition => {
    if (last === undefined) return { kind: options.startingPosition };
    if (isStale(last)) return { kind: "TRIM_HORIZON" };
    return { kind: "AFTER_SEQUENCE_NUMBER", sequenceNumber: last.sequenceNumber };
  };
  const isNew = (record: DynamoDBRecord): boolean =>
    last === undefined ||
    createdAtSecondsOf(record) > last.createdAtSeconds ||
    BigInt(sequenceNumberOf(record)) > BigInt(last.sequenceNumber);

  return {
    next: async (limit) => {
      if (last !== undefined && caughtUp && isStale(last)) iterator = undefined;
      try {
        iterator ??= await source.iterator(shardId, position());
        const page = await source.records(iterator, limit);
        iterator = page.next;
        caughtUp = page.records.length === 0;
        const records = page.records.filter(isNew);
        const newest = records.at(-1);
        if (newest !== undefined) {
          last = { sequenceNumber: sequenceNumberOf(newest), createdAtSeconds: createdAtSecondsOf(newest) };
        }
        return { records, closed: page.next === undefined };
      } catch (error) {
        iterator = undefined;
        if (error instanceof AwsCallError && STALE_ITERATOR.has(error.code)) {
          // What was trimmed is gone; the rest is read from the oldest record that is left.
          if (error.code === "TrimmedDataAccessException") last = undefined;
          return { records: [], closed: false };
        }
        throw error;
      }
    },
  };
};
