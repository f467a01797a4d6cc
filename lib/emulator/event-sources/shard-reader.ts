import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { DynamoDBRecord } from "aws-lambda";
import type { RecordFilter } from "../assembly/filter-pattern.ts";
import type { StreamMappingSpec } from "../assembly/model.ts";
import { elapsed } from "../elapsed.ts";
import type { Clock, FunctionHost } from "../types.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { splitByBytes } from "./event-size.ts";
import { createBackoff, type LoopWaits } from "./loop-waits.ts";
import { openShardCursor } from "./shard-cursor.ts";
import { createdAtSecondsOf, deliverBatch, type GiveUp, sequenceNumberOf } from "./stream-batch.ts";
import { toDestinationObject, withoutPayload, writeToBucket } from "./stream-destination.ts";
import type { StreamSource } from "./stream-shards.ts";

export interface ShardReaderOptions {
  readonly spec: StreamMappingSpec;
  readonly mappingId: string;
  readonly shardId: string;
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  readonly host: FunctionHost;
  readonly region: string;
  readonly functionArn: string;
  readonly s3Endpoint: string;
  readonly send?: (arn: string, body: string) => Promise<void>;
  readonly source: StreamSource;
  readonly checkpoints: Checkpoints;
  readonly clock: Clock;
  readonly filter: RecordFilter;
  readonly waits: LoopWaits;
  /** Milliseconds between two reads of an idle shard. */
  readonly idleMs: number;
  readonly log: (text: string) => void;
}

const NOTHING_READ = { records: [], closed: false };

/** Reads one shard to its end, batch after batch, until it is closed or the mapping stops. */
export const readShard = async (options: ShardReaderOptions): Promise<"closed" | "stopped"> => {
  const { spec, shardId, waits, checkpoints } = options;
  const cursor = openShardCursor({ ...options, checkpoint: checkpoints.get(shardId) });
  const unreachable = createBackoff(100, 5000);
  let batch: DynamoDBRecord[] = [];
  let windowClosesAt = 0;
  const most = spec.batchSize * spec.parallelism;

  const checkpoint = (record: DynamoDBRecord) =>
    checkpoints.set(shardId, {
      sequenceNumber: sequenceNumberOf(record),
      createdAtSeconds: createdAtSecondsOf(record),
    });
  const runLane = async (records: readonly DynamoDBRecord[], isOnly: boolean): Promise<boolean> => {
    // A finished record of one lane does not mean that those before it in other lanes are finished.
    const finished = isOnly ? checkpoint : () => {};
    const delivery = { ...options, checkpoint: finished, giveUp: (what: GiveUp) => giveUp(what, options) };
    for (const batch of chunk(records, spec.batchSize))
      for (const part of splitByBytes(batch)) if (!(await deliverBatch(part, delivery))) return false;
    return true;
  };
  const runBatch = async (records: readonly DynamoDBRecord[]): Promise<void> => {
    const wanted = records.filter(isChange).filter(options.filter);
    const named = wanted.map((record) => asLambdaRecord(record, spec.streamArn, options.region));
    const lanes = lanesOf(named, spec);
    const ended = await Promise.all(lanes.map((lane) => runLane(lane, spec.parallelism === 1)));
    if (ended.includes(false)) return;
    const last = records.at(-1);
    if (last !== undefined) checkpoint(last);
  };

  while (!waits.stopped) {
    try {
      const room = most - batch.length;
      const { records, closed } = room > 0 ? await cursor.next(room) : NOTHING_READ;
      unreachable.reset();
      if (batch.length === 0) windowClosesAt = elapsed.now() + spec.windowSeconds * 1000;
      batch.push(...records);
      const due = batch.length >= most || elapsed.now() >= windowClosesAt || closed;
      if (batch.length > 0 && due) {
        await runBatch(batch);
        batch = [];
      } else if (!closed) {
        await waits.idle(options.idleMs);
      }
      if (closed && !waits.stopped) return "closed";
    } catch (error) {
      options.log(`cannot read the stream of ${spec.tableName}: ${String(error)}`);
      await waits.wait(unreachable.next());
    }
  }
  return "stopped";
};

/** Records of one partition key are in one lane, in order. */
function lanesOf(
  records: readonly DynamoDBRecord[],
  { parallelism, partitionKey }: StreamMappingSpec,
): readonly (readonly DynamoDBRecord[])[] {
  const laneOf = ({ dynamodb }: DynamoDBRecord) =>
    sha256(JSON.stringify(dynamodb?.Keys?.[partitionKey])).readUInt32BE() % parallelism;
  return [...Map.groupBy(records, parallelism === 1 ? () => 0 : laneOf).values()];
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

function* chunk<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

/**
 * DynamoDB writes no record for a write without a change; its emulators may.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
const isChange = ({ eventName, dynamodb }: DynamoDBRecord): boolean =>
  eventName !== "MODIFY" ||
  dynamodb?.NewImage === undefined ||
  !isDeepStrictEqual(dynamodb.NewImage, dynamodb.OldImage);

const asLambdaRecord = (
  record: DynamoDBRecord,
  eventSourceARN: string,
  awsRegion: string,
): DynamoDBRecord => ({
  ...record,
  awsRegion,
  eventSourceARN,
});

/** Retries until the destination accepts the records, so that none is lost. */
const giveUp = async (what: GiveUp, options: ShardReaderOptions): Promise<boolean> => {
  const { spec, waits } = options;
  const { destinationBucket, destinationArn } = spec;
  if (destinationBucket === undefined && destinationArn === undefined) return true;
  const object = toDestinationObject({
    ...what,
    mappingId: options.mappingId,
    functionArn: options.functionArn,
    streamArn: spec.streamArn,
    shardId: options.shardId,
    event: { Records: [...what.records] },
    at: new Date(options.clock.now()),
  });
  const refused = createBackoff(100, 5000);
  while (!waits.stopped) {
    try {
      if (destinationBucket !== undefined) await writeToBucket(options.s3Endpoint, destinationBucket, object);
      else if (destinationArn !== undefined)
        await options.send?.(destinationArn, withoutPayload(object.body));
      return true;
    } catch (error) {
      options.log(`cannot write to the destination: ${String(error)}`);
      await waits.wait(refused.next());
    }
  }
  return false;
};
