/**
 * Types that the parts of the local emulator share: resources read from the templates, and the host of the functions.
 */

/** A function of the template, resolved: physical names and environment are strings. */
export interface FunctionSpec {
  /** Short name, such as `order-created`, in the host, the mappings and the log lines. */
  readonly name: string;
  readonly physicalName: string;
  /** Absolute path of the bundle's folder, which becomes LAMBDA_TASK_ROOT, or of its zip file; "" for inline code. */
  readonly assetDir: string;
  /** Code that stands in the template; its file is `index.js`. */
  readonly inlineCode?: string;
  /** `<file without extension>.<export>`, as Lambda takes it. */
  readonly handler: string;
  /** `nodejs24.x`; the emulator runs all of them on its own Node.js. */
  readonly runtime?: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Default: the name that Lambda gives it. */
  readonly logGroup?: string;
}

/** The result of one invocation. Every result but `ok` leaves a batch unfinished. */
export type InvokeResult =
  | { readonly kind: "ok"; readonly payload: unknown }
  | { readonly kind: "error"; readonly errorType: string; readonly errorMessage: string }
  | { readonly kind: "timeout" }
  | { readonly kind: "crashed"; readonly detail: string }
  | { readonly kind: "throttled" };

/** How a developer looks into functions. */
export interface Debugging {
  /** Stack traces name the sources. */
  readonly sourceMaps: boolean;
  /** The port of a function's debugger, which suspends its time-outs; undefined for none. */
  readonly inspectPort: (name: string) => number | undefined;
}

/** Runs functions: one child process per concurrent invocation, reused warm. */
export interface FunctionHost {
  /** Never rejects because of the function; rejects for an unknown name. */
  invoke(name: string, event: unknown): Promise<InvokeResult>;
  close(): Promise<void>;
}

/** An event source mapping of a queue. */
export interface SqsMappingSpec {
  readonly kind: "sqs";
  readonly functionName: string;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly maximumConcurrency: number;
  readonly enabled: boolean;
  readonly reportBatchItemFailures: boolean;
  /** JSON patterns of the filter criteria. A message that matches none is deleted. */
  readonly filters: readonly string[];
}

/** An event source mapping of a table's stream. */
export interface StreamMappingSpec {
  readonly kind: "stream";
  readonly functionName: string;
  readonly tableName: string;
  readonly streamArn: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly bisect: boolean;
  /** -1 retries without end. */
  readonly maximumRetryAttempts: number;
  /** -1 for no limit. */
  readonly maximumRecordAgeSeconds: number;
  /** Filter criteria: JSON patterns; a record passes where one matches. */
  readonly filters: readonly string[];
  readonly destinationBucket?: string;
  /** ARN of a queue or a topic. */
  readonly destinationArn?: string;
  readonly enabled: boolean;
  readonly reportBatchItemFailures: boolean;
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  /** Batches of one shard at a time (ParallelizationFactor). */
  readonly parallelism: number;
  /** Attribute of the table: changes of items with the same one keep their order. */
  readonly partitionKey: string;
}

/** An event source mapping of a Kafka topic. */
export interface KafkaMappingSpec {
  readonly kind: "kafka";
  readonly functionName: string;
  readonly clusterArn: string;
  readonly topic: string;
  readonly consumerGroup: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** Concurrent invocations, each with partitions of its own; 1 outside provisioned mode. */
  readonly maximumPollers: number;
  readonly bisect: boolean;
  /** -1 retries without end. */
  readonly maximumRetryAttempts: number;
  /** -1 for no limit. */
  readonly maximumRecordAgeSeconds: number;
  /** The destination of given-up records; without it they are dropped. */
  readonly destinationTopic?: string;
  readonly enabled: boolean;
  readonly reportBatchItemFailures: boolean;
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
}

/** An event source mapping of a queue of RabbitMQ. */
export interface RabbitMappingSpec {
  readonly kind: "rabbitmq";
  readonly functionName: string;
  readonly brokerArn: string;
  readonly queue: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly enabled: boolean;
}
/** An event source mapping of any kind. */
export type MappingSpec = SqsMappingSpec | StreamMappingSpec | KafkaMappingSpec | RabbitMappingSpec;

/** A running event source mapping. `stop` waits for invocations in flight and acknowledges their records. */
export interface RunningMapping {
  stop(): Promise<void>;
}

/** Endpoints of the emulator's services, for SDK clients with static dummy credentials. */
export interface AwsEndpoints {
  readonly sqs: string;
  readonly sns: string;
  readonly s3: string;
  readonly dynamodb: string;
  readonly ses: string;
  readonly region: string;
}

/** Milliseconds since the epoch. */
export interface Clock {
  now(): number;
}

/** One line of output: a function's stdout or stderr line, or the emulator's own. */
export interface LogLine {
  readonly at: number;
  readonly source: string;
  readonly stream: "stdout" | "stderr" | "emulator";
  readonly text: string;
  /** The invocation during which a function wrote the line. */
  readonly requestId?: string;
}
