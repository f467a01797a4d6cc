import type { RabbitTopology } from "../../settings/rabbitmq-topology.ts";
import type { Cron } from "./cron.ts";
import type { LeftOut } from "./read-assembly.ts";
import type { Json } from "./template-values.ts";

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
  readonly attributes: Readonly<Record<string, string>>;
}

/** A function that a topic invokes, by a queue of the emulator that is subscribed in its place. */
export interface TopicDelivery {
  readonly functionName: string;
  readonly queue: QueueSpec;
  readonly subscription: SubscriptionSpec;
}

/** A topic that gets events of mails, and their types, as `bounce`. */
export interface MailDestination {
  readonly topicArn: string;
  readonly types: readonly string[];
}

/** A configuration set of SES. */
export interface ConfigurationSetSpec {
  readonly name: string;
  readonly destinations: readonly MailDestination[];
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
  /** Names it in errors. */
  readonly path: string;
  readonly topicArn: string;
  readonly protocol: "sqs" | "email" | "lambda";
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** ARN of the queue of messages that could not be delivered, if there is one. */
  readonly deadLetterArn?: string;
}

/** A method of an API. `path` is in API Gateway's form: `/orders/{orderId}`. */
export interface RouteSpec {
  readonly method: string;
  readonly path: string;
  readonly functionName: string;
  /** HTTP APIs: as the event names the route, `GET /orders/{orderId}` or `$default`. */
  readonly routeKey?: string;
  /** HTTP APIs: the format of the event and of the response. */
  readonly payload?: "1.0" | "2.0";
  /** Its callers need a permission of IAM. */
  readonly isByIam?: boolean;
  /** The function does not accept calls of the API. */
  readonly isRefused?: boolean;
}

/** A method that a REST API answers without a function, as CDK's CORS preflight does. */
export interface MockSpec {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The CORS configuration of an HTTP API. */
export interface CorsSpec {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly credentials: boolean;
  readonly maxAgeSeconds?: number;
}

/** A response of the gateway itself. Templates hold `$context` variables. */
export interface GatewayResponseSpec {
  readonly type: string;
  readonly statusCode?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, string>>;
}

interface AnyApiSpec {
  /** What `Ref` gives. */
  readonly id: string;
  readonly name: string;
  readonly stageName: string;
  readonly routes: readonly RouteSpec[];
  /** Requests a second and the burst above it; absent when the template sets none. */
  readonly throttle?: { readonly rate: number; readonly burst: number };
}

export interface RestApiSpec extends AnyApiSpec {
  readonly kind: "rest";
  readonly mocks: readonly MockSpec[];
  readonly responses: ReadonlyMap<string, GatewayResponseSpec>;
  readonly binaryMediaTypes: readonly string[];
}

export interface HttpApiSpec extends AnyApiSpec {
  readonly kind: "http";
  readonly isFunctionUrl?: true;
  readonly cors?: CorsSpec;
}

export type ApiSpec = RestApiSpec | HttpApiSpec;

export type ScheduleTrigger =
  | { readonly kind: "rate"; readonly everyMs: number }
  | { readonly kind: "cron"; readonly cron: Cron; readonly timeZone: string }
  /** In milliseconds since the epoch. */
  | { readonly kind: "at"; readonly at: number };

export type ScheduleTarget =
  | { readonly kind: "function"; readonly functionName: string }
  /** A queue or a topic. */
  | { readonly kind: "send"; readonly arn: string; readonly groupId?: string };

export interface ScheduleSpec {
  readonly name: string;
  readonly arn: string;
  readonly source: "aws.events" | "aws.scheduler";
  readonly trigger: ScheduleTrigger;
  readonly target: ScheduleTarget;
  /** The event of the target; that of a schedule by default. */
  readonly input?: unknown;
  readonly enabled: boolean;
}

/** What Lambda does with the events of a function that is invoked asynchronously. */
export interface AsyncSpec {
  readonly retries: number;
  /** ARNs of a queue, a topic or a function. */
  readonly onFailure?: string;
  readonly onSuccess?: string;
  /** ARN of a queue or a topic. */
  readonly deadLetterArn?: string;
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

/** A statement of a policy, with values in place of intrinsic functions. */
export interface StatementSpec {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Json;
}

export interface PolicySpec {
  readonly name: string;
  readonly statements: readonly StatementSpec[];
}

/** Who calls AWS: a function, a caller that a managed policy without a role is meant for, or a service of AWS. */
export interface PrincipalSpec {
  readonly kind: "function" | "caller" | "service";
  /** The short name of the function; for a caller `operator` of `OperatorPolicy`; `sns.amazonaws.com`. */
  readonly name: string;
  /** Of its SDK calls. */
  readonly accessKeyId?: string;
  /** As errors name it. */
  readonly arn: string;
  readonly role?: string;
  readonly roleArn?: string;
  readonly policies: readonly PolicySpec[];
  /** The permissions boundary of the role. */
  readonly boundary?: PolicySpec;
  /** Why its calls cannot be evaluated. */
  readonly unknown?: string;
}

export interface PermissionsSpec {
  readonly principals: readonly PrincipalSpec[];
  /** By the ARN of the resource. */
  readonly resourcePolicies: ReadonlyMap<string, PolicySpec>;
}

/** Counts the answers of the APIs that have this status. */
export interface StatusCount {
  readonly status: number;
  readonly metric: MetricId;
}

/** Everything the emulator runs, with physical names and plain values. */
export interface EmulatorModel {
  readonly functions: readonly FunctionSpec[];
  readonly tables: readonly TableSpec[];
  readonly queues: readonly QueueSpec[];
  readonly topics: readonly TopicSpec[];
  readonly subscriptions: readonly SubscriptionSpec[];
  readonly topicDeliveries: readonly TopicDelivery[];
  readonly buckets: readonly string[];
  readonly configurationSets: readonly ConfigurationSetSpec[];
  readonly sqsMappings: readonly SqsMappingSpec[];
  readonly streamMappings: readonly StreamMappingSpec[];
  /** Empty, as are the topics, where the templates have no Kafka. */
  readonly kafkaMappings: readonly KafkaMappingSpec[];
  readonly kafkaTopics: readonly KafkaTopicSpec[];
  /** Empty where the templates hold no RabbitMQ, as are the topologies. */
  readonly rabbitMappings: readonly RabbitMappingSpec[];
  readonly rabbitTopologies: readonly RabbitTopology[];
  readonly apis: readonly ApiSpec[];
  readonly schedules: readonly ScheduleSpec[];
  /** By the function's short name. */
  readonly asyncConfigs: ReadonlyMap<string, AsyncSpec>;
  readonly alarms: readonly AlarmSpec[];
  readonly statusCounts: readonly StatusCount[];
  readonly permissions: PermissionsSpec;
  /** What the emulator does not run of the assembly. */
  readonly leftOut: readonly LeftOut[];
}
