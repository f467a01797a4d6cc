import type { DynamoDBRecord, SQSRecord } from "aws-lambda";

/** The behaviour of a function in one invocation. `answer` without a value returns undefined. */
export type Act =
  | { readonly kind: "answer"; readonly value?: unknown }
  | { readonly kind: "throw" | "exit" | "hang" };

/** One invocation, as the function received it. */
export interface Invocation<R> {
  /** From 1. */
  readonly number: number;
  readonly records: readonly R[];
  /** Bytes of the event's JSON. */
  readonly bytes: number;
  /** `performance.now()` at the arrival of the event. */
  readonly at: number;
  /** Number of running functions at the start, including this one. */
  readonly running: number;
}

/** Decides the function's behaviour. It can wait, and use the queue or table meanwhile. */
export type Script<R> = (invocation: Invocation<R>) => Act | Promise<Act>;

/** Settings of every mapping, named as in AWS::Lambda::EventSourceMapping. */
interface MappingSetup {
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly reportBatchItemFailures: boolean;
  readonly enabled: boolean;
}

export interface QueueSetup extends MappingSetup {
  readonly maximumConcurrency: number;
  readonly visibilitySeconds: number;
  readonly maxReceiveCount: number;
  readonly fifo: boolean;
  readonly functionTimeoutSeconds: number;
  /** Maximum concurrency of the function; more invocations are throttled. */
  readonly functionConcurrency: number;
}

export interface StreamSetup extends MappingSetup {
  readonly bisect: boolean;
  /** -1: unlimited. */
  readonly maximumRetryAttempts: number;
  /** -1: unlimited. */
  readonly maximumRecordAgeSeconds: number;
  readonly filters: readonly string[];
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  readonly parallelism: number;
  readonly functionTimeoutSeconds: number;
  readonly functionConcurrency: number;
}

export const QUEUE_DEFAULTS: QueueSetup = {
  batchSize: 10,
  windowSeconds: 0,
  reportBatchItemFailures: true,
  enabled: true,
  maximumConcurrency: 10,
  // Longer than a cold start on a busy machine, against redelivery during the invocation.
  visibilitySeconds: 2,
  maxReceiveCount: 5,
  fifo: false,
  functionTimeoutSeconds: 30,
  functionConcurrency: 10,
};

export const STREAM_DEFAULTS: StreamSetup = {
  batchSize: 10,
  windowSeconds: 0,
  reportBatchItemFailures: true,
  enabled: true,
  bisect: false,
  maximumRetryAttempts: -1,
  maximumRecordAgeSeconds: -1,
  filters: [],
  startingPosition: "TRIM_HORIZON",
  parallelism: 1,
  functionTimeoutSeconds: 30,
  functionConcurrency: 10,
};

/** Messages of a queue: `waiting` can be received, `inFlight` are. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
}

/** A queue with its dead-letter queue, a function, and a mapping between them. */
export interface QueueRig {
  readonly invocations: readonly Invocation<SQSRecord>[];
  send(bodies: readonly string[], group?: string): Promise<void>;
  /** Creates the mapping; `changes` override the set-up. */
  start(changes?: Partial<QueueSetup>): Promise<void>;
  depth(): Promise<QueueDepth>;
  /** Bodies in the dead-letter queue. */
  dead(): Promise<readonly string[]>;
  changeVisibility(record: SQSRecord, seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** A table with its stream, a function, a mapping between them, and a bucket for discarded batches. */
export interface StreamRig {
  readonly invocations: readonly Invocation<DynamoDBRecord>[];
  put(id: string, value?: string): Promise<void>;
  start(changes?: Partial<StreamSetup>): Promise<void>;
  /** Stops the mapping; the next start continues at its position. */
  stop(): Promise<void>;
  /** Invokes the function with an event without records; resolves at its end. */
  invoke(): Promise<void>;
  /** Objects in the bucket, parsed, with their key as `key`. */
  givenUp(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** An implementation of Lambda's event source mappings. */
export interface ConformanceTarget {
  readonly name: string;
  /** Rules that it does not follow, with its behaviour; their cases have to fail. */
  readonly departures: Readonly<Record<string, string>>;
  /** Set-up of a target that is too slow for the defaults. */
  readonly visibilitySeconds?: number;
  openQueue(setup: QueueSetup, script: Script<SQSRecord>): Promise<QueueRig>;
  openStream(setup: StreamSetup, script: Script<DynamoDBRecord>): Promise<StreamRig>;
  close(): Promise<void>;
}
