import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { FunctionName } from "../../functions/consumers/consumers.ts";
import { ENV, type KafkaFunctionName } from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";
import { logGroupName, physicalName, serviceDimension } from "./resource-names.ts";

export interface EventFunctionProps {
  readonly settings: Settings;
  /** Folder with `index.mjs`, which exports `handler`. */
  readonly bundle: string;
  readonly timeoutSeconds: number;
}

/**
 * An IAM permission of a function together with the environment variables that it needs, so that neither can be
 * there without the other. `grants/` holds them by subject.
 */
export type Grant = (holder: EventFunction) => void;

/** As `{ StringEquals: { "ses:FromAddress": "orders@example.com" } }`. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A function with its own bundle and role, which may write its log and use its grants. */
export class EventFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly settings: Settings;

  constructor(
    scope: Construct,
    name: FunctionName | KafkaFunctionName | "kafka-brokers",
    props: EventFunctionProps,
  ) {
    super(scope, name);
    const { settings } = props;
    this.settings = settings;
    const functionName = physicalName(settings.stage, name);
    const logGroup = new LogGroup(this, "Logs", {
      logGroupName: logGroupName(settings.stage, name),
      retention: settings.logRetentionDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.allow(["logs:CreateLogStream", "logs:PutLogEvents"], logGroup.logGroupArn);
    this.function = new LambdaFunction(this, "Function", {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.bundle),
      handler: "index.handler",
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.TEXT,
      // CPU comes with memory, and a cold start is CPU work: more memory costs about the same.
      memorySize: 1024,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: { [ENV.service]: serviceDimension(settings.stage) },
    });
  }

  grant(...grants: readonly Grant[]): this {
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
}

/** A function for each name. */
export function eventFunctions<Name extends FunctionName | KafkaFunctionName>(
  scope: Construct,
  names: readonly Name[],
  propsOf: (name: Name) => EventFunctionProps,
): Readonly<Record<Name, EventFunction>> {
  const entries = names.map((name) => [name, new EventFunction(scope, name, propsOf(name))]);
  return Object.fromEntries(entries) as Record<Name, EventFunction>;
}
