import type { FunctionSpec, KafkaMappingSpec, SqsMappingSpec, StreamMappingSpec } from "../types.ts";
import type { LeftOut } from "./resolve-assembly.ts";
import type { Json } from "./template-values.ts";

/** A table: the input of CreateTable, and the settings that CreateTable does not accept. */
export interface TableSpec {
  readonly name: string;
  readonly createInput: Json;
  readonly ttlAttribute?: string;
}

/** A queue and its attributes as SQS takes them: all strings, policies as JSON text. */
export interface QueueSpec {
  readonly name: string;
  /** For operators: without what it shares with its stack. */
  readonly shortName: string;
  readonly url: string;
  readonly arn: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** ARN of the dead-letter queue, when there is one. */
  readonly deadLetterArn?: string;
}

export interface TopicSpec {
  readonly name: string;
  readonly arn: string;
}

/** A topic of Kafka. */
export interface KafkaTopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** `retention.ms` and others, without those that a single broker cannot have. */
  readonly configs: Readonly<Record<string, string>>;
}

/** Endpoint is a queue's ARN (`sqs`) or an address (`email`). */
export interface SubscriptionSpec {
  readonly topicArn: string;
  readonly protocol: "sqs" | "email";
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** ARN of the queue of messages that could not be delivered, if there is one. */
  readonly deadLetterArn?: string;
}

/** A method of the REST API. `path` is in API Gateway's form: `/orders/{orderId}`. */
export interface RouteSpec {
  readonly method: string;
  readonly path: string;
  readonly functionName: string;
}

/** A response of the gateway itself. Templates hold `$context` variables. */
export interface GatewayResponseSpec {
  readonly type: string;
  readonly statusCode?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, string>>;
}

export interface ApiSpec {
  /** What `Ref` gives. */
  readonly id: string;
  readonly name: string;
  readonly stageName: string;
  readonly routes: readonly RouteSpec[];
  readonly responses: ReadonlyMap<string, GatewayResponseSpec>;
  readonly binaryMediaTypes: readonly string[];
  /** Requests a second and the burst above it; absent where the emulator has no limit. */
  readonly throttle?: { readonly rate: number; readonly burst: number };
}

export interface ScheduleSpec {
  readonly name: string;
  readonly everyMs: number;
  readonly functionName: string;
  /** The event of the function. */
  readonly input: unknown;
  readonly enabled: boolean;
}

/** A metric is its namespace, its name and one set of dimensions, as in CloudWatch. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The statistics of CloudWatch that need no single values. */
export const STATISTICS = ["Sum", "Maximum", "Minimum", "Average", "SampleCount"] as const;
export type Statistic = (typeof STATISTICS)[number];

export interface AlarmSpec {
  readonly name: string;
  readonly description: string;
  readonly metric: MetricId;
  readonly statistic: Statistic;
  readonly periodMs: number;
  readonly breaches: (value: number, threshold: number) => boolean;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  /** Whether a period without data counts as breaching. */
  readonly missingBreaches: boolean;
  /** ARNs of the topics to notify. */
  readonly actions: readonly string[];
}

/** Everything the emulator runs, with physical names and plain values. */
export interface EmulatorModel {
  readonly functions: readonly FunctionSpec[];
  readonly tables: readonly TableSpec[];
  readonly queues: readonly QueueSpec[];
  readonly topics: readonly TopicSpec[];
  readonly subscriptions: readonly SubscriptionSpec[];
  readonly buckets: readonly string[];
  readonly sqsMappings: readonly SqsMappingSpec[];
  readonly streamMappings: readonly StreamMappingSpec[];
  /** Empty, as are the topics, where the templates have no Kafka. */
  readonly kafkaMappings: readonly KafkaMappingSpec[];
  readonly kafkaTopics: readonly KafkaTopicSpec[];
  readonly apis: readonly ApiSpec[];
  readonly schedules: readonly ScheduleSpec[];
  readonly alarms: readonly AlarmSpec[];
  /** What the emulator does not run of the assembly. */
  readonly leftOut: readonly LeftOut[];
}
