import { Duration } from "aws-cdk-lib";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from "aws-cdk-lib/aws-lambda";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { ConsumerFunction } from "./consumer-function.ts";

/** The age after which Lambda puts a stream record into the bucket; the stream keeps it for a day. */
const STREAM_RECORD_AGE_SECONDS = 3_600;
/** Enough for every retry of a publish that is refused for a minute, few enough to end a crash loop within the hour. */
const STREAM_RETRIES = 100;
/**
 * Batches of one shard at a time; changes of one item keep their order. Two hold for any rate: a shard takes 1,000 write
 * units a second before it is split, which are 330 orders, and one batch at a time publishes about 230 (npm run capacity).
 */
const STREAM_PARALLELISM = 2;

/** Batches and concurrency of a queue's event source mapping. */
export interface Polling {
  /** Messages in one invocation at most. */
  readonly batchSize: number;
  readonly batchWindowSeconds: number;
  /** Invocations at a time. */
  readonly maxConcurrency: number;
}

export interface QueueMappingProps {
  readonly queue: IQueue;
  readonly reading: Polling;
  /** Absent: the template says nothing, so that a deployment leaves a paused mapping as it is. A new one is on. */
  readonly enabled?: boolean;
}

/**
 * The event source mapping of a queue. The function reports which messages failed, so one failure does not redeliver
 * its batch.
 * Concurrency is bounded here and never reserved: throttled receives would send good messages to the dead-letter queue.
 */
export function mapQueue(to: ConsumerFunction, id: string, props: QueueMappingProps): EventSourceMapping {
  const mapping = new EventSourceMapping(to, id, {
    target: to.function,
    eventSourceArn: props.queue.queueArn,
    batchSize: props.reading.batchSize,
    maxBatchingWindow: Duration.seconds(props.reading.batchWindowSeconds),
    maxConcurrency: props.reading.maxConcurrency,
    reportBatchItemFailures: true,
    ...(props.enabled !== undefined && { enabled: props.enabled }),
  });
  // Creating an event source mapping checks the permissions of the function's role.
  mapping.node.addDependency(to.role);
  return mapping;
}

export interface StreamMappingProps {
  readonly table: ITable;
  readonly crashedBatches: Bucket;
}

/** The event source mapping of a table's stream, from its beginning. It is bounded, so that no record blocks its shard forever. */
export function mapStream(to: ConsumerFunction, id: string, props: StreamMappingProps): EventSourceMapping {
  const { tableStreamArn } = props.table;
  if (tableStreamArn === undefined) throw new Error(`${id} needs a table with a stream.`);
  const mapping = new EventSourceMapping(to, id, {
    target: to.function,
    eventSourceArn: tableStreamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    parallelizationFactor: STREAM_PARALLELISM,
    bisectBatchOnError: true,
    retryAttempts: STREAM_RETRIES,
    maxRecordAge: Duration.seconds(STREAM_RECORD_AGE_SECONDS),
    reportBatchItemFailures: true,
    filters: [FilterCriteria.filter({ eventName: FilterRule.or("INSERT", "MODIFY") })],
    // The library's construct would grant s3:List* and s3:Abort*, which are not used.
    onFailure: { bind: () => ({ destination: props.crashedBatches.bucketArn }) },
  });
  mapping.node.addDependency(to.role);
  return mapping;
}
