import type { DynamoDBRecord } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { AwsCallError } from "../../../lib/emulator/event-sources/aws-json.ts";
import type { Checkpoint } from "../../../lib/emulator/event-sources/checkpoints.ts";
import { openShardCursor } from "../../../lib/emulator/event-sources/shard-cursor.ts";
import { sequenceNumberOf } from "../../../lib/emulator/event-sources/stream-batch.ts";
import type { ShardPosition, StreamSource } from "../../../lib/emulator/event-sources/stream-shards.ts";
import { NOW_SECONDS, record, sequence } from "./records.ts";

const HOUR = 3600;

/** A shard in memory whose iterators are the preceding sequence numbers. */
const shardOf = (records: DynamoDBRecord[]) => {
  const positions: ShardPosition[] = [];
  const failures: Error[] = [];
  const source: StreamSource = {
    shards: async () => [{ shardId: "s" }],
    iterator: async (_shardId, position) => {
      positions.push(position);
      return position.kind === "AFTER_SEQUENCE_NUMBER" ? position.sequenceNumber : "0";
    },
    records: async (iterator, limit) => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      const page = records
        .filter((each) => Number(sequenceNumberOf(each)) > Number(iterator))
        .slice(0, limit);
      return {
        records: page,
        next: page.length === 0 ? iterator : sequenceNumberOf(page.at(-1) ?? record(0)),
      };
    },
    close: () => {},
  };
  return { source, positions, failures };
};

const open = (source: StreamSource, checkpoint?: Checkpoint, clock = { now: () => NOW_SECONDS * 1000 }) => {
  const cursor = openShardCursor({
    source,
    shardId: "s",
    checkpoint,
    startingPosition: "TRIM_HORIZON",
    clock,
  });
  return async (limit: number) => (await cursor.next(limit)).records.map(sequenceNumberOf).join();
};

describe("a shard is read", () => {
  test("from the mapping's starting position without a checkpoint", async () => {
    const { source, positions } = shardOf(sequence(1, 2, 3));
    const next = open(source);

    expect([await next(2), await next(2), await next(2)]).toEqual(["1,2", "3", ""]);
    expect(positions).toEqual([{ kind: "TRIM_HORIZON" }]);
  });

  test("from its checkpoint", async () => {
    const { source, positions } = shardOf(sequence(1, 2, 3));
    const next = open(source, { sequenceNumber: "2", createdAtSeconds: NOW_SECONDS });

    expect(await next(10)).toBe("3");
    expect(positions).toEqual([{ kind: "AFTER_SEQUENCE_NUMBER", sequenceNumber: "2" }]);
  });

  test("from its position after its iterator expired", async () => {
    const { source, positions, failures } = shardOf(sequence(1, 2, 3));
    const next = open(source);
    await next(2);
    failures.push(new AwsCallError("GetRecords", 400, "ExpiredIteratorException", ""));

    expect([await next(2), await next(2)]).toEqual(["", "3"]);
    expect(positions.at(-1)).toEqual({ kind: "AFTER_SEQUENCE_NUMBER", sequenceNumber: "2" });
  });

  test("from the oldest record after its position was trimmed", async () => {
    const { source, positions, failures } = shardOf(sequence(7, 8));
    const next = open(source, { sequenceNumber: "2", createdAtSeconds: NOW_SECONDS - HOUR });
    failures.push(new AwsCallError("GetRecords", 400, "TrimmedDataAccessException", ""));

    expect([await next(2), await next(2)]).toEqual(["", "7,8"]);
    expect(positions.at(-1)).toEqual({ kind: "TRIM_HORIZON" });
  });

  test("again after any other failure, which the caller gets", async () => {
    const { source, failures } = shardOf(sequence(1));
    const next = open(source);
    failures.push(new Error("connection refused"));

    await expect(next(2)).rejects.toThrow("connection refused");
    expect(await next(2)).toBe("1");
  });
});

describe("a checkpoint of the day before", () => {
  const yesterday = NOW_SECONDS - 30 * HOUR;
  const checkpoint = { sequenceNumber: "8", createdAtSeconds: yesterday };

  test("does not hide records with restarted numbers", async () => {
    const { source } = shardOf([record(1), record(2), record(8), record(9)]);
    const next = open(source, checkpoint);

    expect(await next(10)).toBe("1,2,8,9");
  });

  test("does not repeat existing old records", async () => {
    const { source } = shardOf([record(7, yesterday), record(8, yesterday), record(9)]);
    const next = open(source, checkpoint);

    expect([await next(2), await next(2), await next(2)]).toEqual(["", "9", ""]);
  });

  test("does not hide them where they appear only after many reads", async () => {
    const records: DynamoDBRecord[] = [record(8, yesterday)];
    const { source } = shardOf(records);
    const next = open(source, checkpoint);
    await next(10);
    await next(10);

    records.splice(0, 1, record(1));

    expect(await next(10)).toBe("1");
  });

  test("that becomes old while the emulator runs does not either", async () => {
    let now = NOW_SECONDS;
    const records = sequence(1, 2);
    const { source } = shardOf(records);
    const next = open(source, undefined, { now: () => now * 1000 });
    await next(10);
    await next(10);

    now += 30 * HOUR;
    records.splice(0, 2, record(1, now));

    expect(await next(10)).toBe("1");
  });
});
