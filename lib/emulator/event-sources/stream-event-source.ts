import { compileFilters } from "../assembly/filter-pattern.ts";
import type { StreamMappingSpec } from "../assembly/model.ts";
import type { Clock, FunctionHost, LogLine, RunningMapping } from "../types.ts";
import { openCheckpoints } from "./checkpoints.ts";
import { createBackoff, createLoopWaits, type LoopWaits } from "./loop-waits.ts";
import { readShard } from "./shard-reader.ts";
import { openStreamSource, type Shard, type StreamSource } from "./stream-shards.ts";
import { mappingUuid } from "./switchable-mappings.ts";

/** Milliseconds between two looks for new shards of a split. */
const SHARDS_EVERY_MS = 10_000;

export interface StreamMappingOptions {
  readonly spec: StreamMappingSpec;
  readonly host: FunctionHost;
  readonly region: string;
  readonly functionArn: string;
  /** The endpoint of the stream: DynamoDB itself, without the faults. */
  readonly endpoint: string;
  /** The endpoint of the bucket `destinationBucket`. */
  readonly s3Endpoint: string;
  /** Sends to `destinationArn`. */
  readonly send?: (arn: string, body: string) => Promise<void>;
  /** Checkpoints survive a restart here. */
  readonly dataDir?: string;
  readonly onLine?: (line: LogLine) => void;
  /** Subscribes to hints that something was written, which save the wait for the next poll. */
  readonly onWrite?: (listener: () => void) => () => void;
  readonly source?: StreamSource;
  readonly clock?: Clock;
}

export const mappingId = (spec: StreamMappingSpec): string => mappingUuid(spec.tableName, spec.functionName);

/**
 * Reads a table's stream and invokes its function by Lambda's rules: each shard in order, `parallelism` invocations at
 * a time for each shard, a child shard after its parent.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export const startStreamMapping = (options: StreamMappingOptions): RunningMapping => {
  const { spec } = options;
  const filter = compileFilters(spec.filters);
  const id = mappingId(spec);
  const clock = options.clock ?? Date;
  const source = options.source ?? openStreamSource(options.endpoint, spec.streamArn, options.region);
  const checkpoints = openCheckpoints(id, spec.streamArn, options.dataDir);
  const waits = createLoopWaits();
  const readers = new Map<string, { readonly waits: LoopWaits; readonly done: Promise<void> }>();
  const finished = new Set<string>();
  const unreachable = createBackoff(100, 5000);

  const log = (text: string) =>
    options.onLine?.({ at: Date.now(), source: spec.functionName, stream: "emulator", text });
  const unsubscribe = options.onWrite?.(() => {
    for (const reader of readers.values()) reader.waits.wake();
  });

  const startReader = (shardId: string, startingPosition: "TRIM_HORIZON" | "LATEST") => {
    const readerWaits = createLoopWaits();
    const reading = readShard({
      ...options,
      mappingId: id,
      startingPosition,
      shardId,
      source,
      checkpoints,
      clock,
      filter,
      log,
      waits: readerWaits,
      idleMs: options.onWrite === undefined ? 50 : 200,
    });
    const done = reading.then((end) => {
      readers.delete(shardId);
      if (end === "closed") finished.add(shardId);
      waits.wake();
    });
    readers.set(shardId, { waits: readerWaits, done });
  };

  const startReaders = (shards: readonly Shard[], startingPosition: "TRIM_HORIZON" | "LATEST") => {
    const listed = new Set(shards.map(({ shardId }) => shardId));
    for (const { shardId, parentShardId } of shards) {
      const parentIsRead =
        parentShardId === undefined || !listed.has(parentShardId) || finished.has(parentShardId);
      if (parentIsRead && !readers.has(shardId) && !finished.has(shardId)) {
        startReader(shardId, startingPosition);
      }
    }
  };

  const run = async (): Promise<void> => {
    let position = spec.startingPosition;
    while (!waits.stopped) {
      try {
        startReaders(await source.shards(), position);
        // LATEST applies to the start of the mapping; later shards are read from their beginning.
        position = "TRIM_HORIZON";
        unreachable.reset();
        await waits.idle(SHARDS_EVERY_MS);
      } catch (error) {
        log(`cannot describe the stream of ${spec.tableName}: ${String(error)}`);
        await waits.wait(unreachable.next());
      }
    }
    const running = [...readers.values()];
    for (const reader of running) reader.waits.stop();
    await Promise.all(running.map(({ done }) => done));
    await checkpoints.flush();
    source.close();
  };

  const running = run();
  return {
    stop: () => {
      unsubscribe?.();
      waits.stop();
      return running;
    },
  };
};
