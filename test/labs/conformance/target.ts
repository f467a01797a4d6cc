import type { DynamoDBRecord, SQSRecord } from "aws-lambda";

/** What a function does with one invocation. `answer` without a value returns undefined. */
export type Act =
  | { readonly kind: "answer"; readonly value?: unknown }
  | { readonly kind: "throw" | "exit" | "hang" };

/** One invocation, as the function saw it. */
export interface Invocation<R> {
  /** From 1. */
  readonly number: number;
  readonly records: readonly R[];
  /** Bytes of the event's JSON. */
  readonly bytes: number;
  /** `performance.now()` when the event had arrived. */
  readonly at: number;
  /** Functions that ran when this one began, itself included. */
  readonly running: number;
}

/** Decides what the function does. It may wait, and it may act on the queue or the table meanwhile. */
export type Script<R> = (invocation: Invocation<R>) => Act | Promise<Act>;

/** What every mapping has; the words are those of AWS::Lambda::EventSourceMapping. */
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
  /** Invocations at one time that the function has room for; more are throttled. */
  readonly functionConcurrency: number;
}

export interface StreamSetup extends MappingSetup {
  readonly bisect: boolean;
  /** -1 for no end. */
  readonly maximumRetryAttempts: number;
  /** -1 for no limit. */
  readonly maximumRecordAgeSeconds: number;
  readonly filters: readonly string[];
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  readonly functionTimeoutSeconds: number;
  readonly functionConcurrency: number;
}

export const QUEUE_DEFAULTS: QueueSetup = {
  batchSize: 10,
  windowSeconds: 0,
  reportBatchItemFailures: true,
  enabled: true,
  maximumConcurrency: 10,
  // Above the time that a cold start takes on a busy machine: else a batch comes again while it still runs.
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
  functionTimeoutSeconds: 30,
  functionConcurrency: 10,
};

/** What a queue holds: `waiting` can be received, `inFlight` was. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
}

/** A queue with its dead-letter queue, a function, and a mapping between them. */
export interface QueueRig {
  readonly invocations: readonly Invocation<SQSRecord>[];
  send(bodies: readonly string[], group?: string): Promise<void>;
  /** Makes the mapping; `changes` overrule the set-up. */
  start(changes?: Partial<QueueSetup>): Promise<void>;
  depth(): Promise<QueueDepth>;
  /** Bodies in the dead-letter queue. */
  dead(): Promise<readonly string[]>;
  changeVisibility(record: SQSRecord, seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** A table with its stream, a function, a mapping between them, and a bucket for what is given up. */
export interface StreamRig {
  readonly invocations: readonly Invocation<DynamoDBRecord>[];
  put(id: string, value?: string): Promise<void>;
  start(changes?: Partial<StreamSetup>): Promise<void>;
  /** Ends the mapping; its next start goes on where it was. */
  stop(): Promise<void>;
  /** Invokes the function with an event without records; resolves when it has ended. */
  invoke(): Promise<void>;
  /** Objects in the bucket, parsed, with their key as `key`. */
  givenUp(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** Something that claims to keep the rules of Lambda's event-source mappings. */
export interface ConformanceTarget {
  readonly name: string;
  /** Rules that it does not keep, with what it does instead: their cases have to fail. */
  readonly departures: Readonly<Record<string, string>>;
  /** Where it is slower than the defaults of a queue allow for. */
  readonly visibilitySeconds?: number;
  openQueue(setup: QueueSetup, script: Script<SQSRecord>): Promise<QueueRig>;
  openStream(setup: StreamSetup, script: Script<DynamoDBRecord>): Promise<StreamRig>;
  close(): Promise<void>;
}
