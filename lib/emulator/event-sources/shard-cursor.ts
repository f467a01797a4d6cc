import type { DynamoDBRecord } from "aws-lambda";
import type { Clock } from "../types.ts";
import { AwsCallError } from "./aws-json.ts";
import type { Checkpoint } from "./checkpoints.ts";
import { createdAtSecondsOf, sequenceNumberOf } from "./stream-batch.ts";
import type { ShardPosition, StreamSource } from "./stream-shards.ts";

/**
 * A stream keeps records for 24 hours. An emulator without any record counts from 1 again, so that an older sequence
 * number would hide new records. Beyond this age, which is below 24 hours, the shard is read from its start, and known
 * records are recognized by their age.
 */
const TRUSTED_SECONDS = 20 * 60 * 60;

/** Error codes that invalidate the iterator but not the position. */
const STALE_ITERATOR = new Set(["ExpiredIteratorException", "TrimmedDataAccessException"]);

/** Reads a shard page by page, from a checkpoint on. */
export interface ShardCursor {
  /** The next records, none where there are none yet. `closed` where none can follow. */
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
          // Trimmed records are lost; reading continues at the oldest remaining one.
          if (error.code === "TrimmedDataAccessException") last = undefined;
          return { records: [], closed: false };
        }
        throw error;
      }
    },
  };
};
