import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { FunctionName, QueueConsumer } from "../../functions/consumers/consumers.ts";
import { type BrokerFunctionName, ENV } from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";
import { ConsumerFunction } from "./consumer-function.ts";
import { grantNetwork } from "./grants/network-grants.ts";
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

/** Called only while a stack is deployed. */
export type DeploymentFunctionName = "kafka-brokers" | "rabbitmq-topology" | "rabbitmq-mappings";

/** A function of this service, with its physical name. */
export class EventFunction extends ConsumerFunction {
  readonly settings: Settings;

  constructor(
    scope: Construct,
    name: FunctionName | BrokerFunctionName | DeploymentFunctionName,
    { settings, bundle, timeoutSeconds }: EventFunctionProps,
  ) {
    super(scope, name, {
      bundle,
      timeoutSeconds,
      functionName: physicalName(settings, name),
      logGroupName: logGroupName(settings, name),
      logRetention: settings.logRetentionDays as RetentionDays,
      environment: { [ENV.service]: serviceDimension(settings) },
    });
    this.settings = settings;
    const { functionSubnets, functionSecurityGroup } = settings;
    if (functionSubnets.length === 0) return;
    this.grant(grantNetwork({ subnetIds: functionSubnets, securityGroupIds: [functionSecurityGroup] }));
  }
}

/** The functions of a deployment, by name. A declared consumer may be absent, as without mails. */
export type DeployedFunctions = Readonly<Record<Exclude<FunctionName, QueueConsumer>, EventFunction>> &
  Readonly<Partial<Record<QueueConsumer, EventFunction>>>;

/** A function for each name. */
export function eventFunctions<Name extends FunctionName | BrokerFunctionName>(
  scope: Construct,
  names: readonly Name[],
  propsOf: (name: Name) => EventFunctionProps,
): Readonly<Record<Name, EventFunction>> {
  const entries = names.map((name) => [name, new EventFunction(scope, name, propsOf(name))]);
  return Object.fromEntries(entries) as Record<Name, EventFunction>;
}
