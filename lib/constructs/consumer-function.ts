import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  type EventSourceMapping,
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { CONSUMER_VARIABLES, PARKING_VARIABLE } from "../../functions/middleware/engine-names.ts";
import { mapQueue, type Polling } from "./event-source-mappings.ts";
import { grantInterfaces } from "./grants/network-grants.ts";
import type { MessageQueue } from "./message-queue.ts";

export interface ConsumerFunctionProps {
  /** Folder with `index.mjs`, which exports `handler`. */
  readonly bundle: string;
  /** Default: 30. */
  readonly timeoutSeconds?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Not for the reader of a queue: throttled receives count. Default: none. */
  readonly reservedConcurrency?: number;
  /** Physical names. Default: made by CloudFormation. */
  readonly functionName?: string;
  readonly logGroupName?: string;
  /** Default: a month. */
  readonly logRetention?: RetentionDays;
  /** What becomes of the log group when the function goes. Default: deleted. */
  readonly logRemovalPolicy?: RemovalPolicy;
  /** Other props of the function, as `memorySize` (default: 1024), `vpc`, `tracing` or `layers`. */
  readonly function?: OtherFunctionProps;
}

/**
 * Without those that this construct sets, those of the log format, which metrics need as text, and those that invoke the
 * function or permit actions beside `consume()` and `grant()`.
 */
export type OtherFunctionProps = Omit<
  FunctionProps,
  | ("code" | "handler" | "runtime" | "role" | "environment" | "timeout" | "functionName" | "logGroup")
  | ("reservedConcurrentExecutions" | "initialPolicy" | "events" | "durableConfig" | "tenancyConfig")
  | ("logFormat" | "loggingFormat" | "applicationLogLevel" | "applicationLogLevelV2")
  | ("systemLogLevel" | "systemLogLevelV2" | "logRetention" | "logRetentionRole")
  | ("logRetentionRetryOptions" | "logRemovalPolicy")
>;

/**
 * An IAM permission of a function together with the environment variables that it needs, so that neither can be
 * there without the other.
 */
export type ConsumerGrant = (holder: ConsumerFunction) => void;

/** As `{ StringEquals: { "ses:FromAddress": "orders@example.com" } }`. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

const TIMEOUT_SECONDS = 30;

/** A function with its own bundle and role, which may write its log and use its grants. */
export class ConsumerFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly timeoutSeconds: number;

  constructor(scope: Construct, id: string, props: ConsumerFunctionProps) {
    super(scope, id);
    this.timeoutSeconds = props.timeoutSeconds ?? TIMEOUT_SECONDS;
    const logGroup = new LogGroup(this, "Logs", {
      ...(props.logGroupName !== undefined && { logGroupName: props.logGroupName }),
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.allow(["logs:CreateLogStream", "logs:PutLogEvents"], logGroup.logGroupArn);
    this.function = new LambdaFunction(this, "Function", {
      // CPU comes with memory, and a cold start is CPU work: more memory costs about the same.
      memorySize: 1024,
      architecture: Architecture.ARM_64,
      ...props.function,
      ...(props.functionName !== undefined && { functionName: props.functionName }),
      runtime: Runtime.NODEJS_24_X,
      code: Code.fromAsset(props.bundle),
      handler: "index.handler",
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.TEXT,
      timeout: Duration.seconds(this.timeoutSeconds),
      environment: { ...props.environment },
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
    });
    // CDK adds no permissions to a role of one's own.
    if (props.function?.vpc !== undefined) this.grant(grantInterfaces);
  }

  grant(...grants: readonly ((holder: this) => void)[]): this {
    for (const grant of grants) grant(this);
    return this;
  }

  /** For grants: permits the actions on each of the resources. */
  allow(actions: readonly string[], ...resources: readonly string[]): this {
    return this.allowIf({}, actions, ...resources);
  }

  /** For grants: as `allow`, on a condition. */
  allowIf(conditions: Conditions, actions: readonly string[], ...resources: readonly string[]): this {
    this.role.addToPrincipalPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        conditions,
      }),
    );
    return this;
  }

  /** For grants: sets an environment variable. */
  set(variable: string, value: string | number): this {
    this.function.addEnvironment(variable, String(value));
    return this;
  }

  /**
   * Reads a queue through an event source mapping. The function gets the variables QUEUE_URL and MAX_RECEIVE_COUNT,
   * and may set the visibility of failed messages.
   */
  consume(queue: MessageQueue, options: ConsumeOptions = {}): EventSourceMapping {
    const polling = { ...POLLING, ...options };
    queue.requireVisibility(this.timeoutSeconds, polling.batchWindowSeconds);
    const { source, maxReceiveCount } = queue;
    this.grant(grantReceive(source.queueArn))
      .allow(["sqs:ChangeMessageVisibility"], source.queueArn)
      .set(CONSUMER_VARIABLES.queueUrl, source.queueUrl)
      .set(CONSUMER_VARIABLES.maxReceiveCount, maxReceiveCount);
    return mapQueue(this, queue.node.id, {
      queue: source,
      reading: polling,
      ...(options.enabled !== undefined && { enabled: options.enabled }),
    });
  }
}

export interface ConsumeOptions extends Partial<Polling> {
  /** Default: true. */
  readonly enabled?: boolean;
}

const POLLING: Polling = { batchSize: 10, batchWindowSeconds: 0, maxConcurrency: 10 };

/** The actions of an event source mapping of a queue. */
export function grantReceive(queueArn: string): ConsumerGrant {
  return (holder) =>
    holder.allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queueArn);
}

/** Parks messages in the dead-letter queue of their queue; the variable PARKING_QUEUE_URL has its address. */
export const grantParkInQueue =
  ({ deadLetters }: Pick<MessageQueue, "deadLetters">): ConsumerGrant =>
  (holder) =>
    holder.allow(["sqs:SendMessage"], deadLetters.queueArn).set(PARKING_VARIABLE, deadLetters.queueUrl);
