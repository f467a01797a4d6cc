import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { FunctionName, QueueConsumer } from "../../functions/consumers/consumers.ts";
import type { BrokerFunctionName } from "../../functions/contract/broker-names.ts";
import { ENV, type MAIL_FEEDBACK } from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";
import { ConsumerFunction, type ConsumerFunctionProps } from "./consumer-function.ts";
import { grantNetwork, type Network } from "./grants/network-grants.ts";
import { removalOf } from "./removal-policy.ts";
import { logGroupName, physicalName, serviceDimension } from "./resource-names.ts";

export interface EventFunctionProps extends ConsumerFunctionProps {
  /** The value of the dimension `service` on its metrics. */
  readonly service: string;
  /** Absent: no network. */
  readonly network?: Network;
}

/** Called only while a stack is deployed. */
export type DeploymentFunctionName = "kafka-brokers" | "rabbitmq-topology" | "rabbitmq-mappings";
type AnyFunctionName = FunctionName | BrokerFunctionName | DeploymentFunctionName;

/** A function of this service. */
export class EventFunction extends ConsumerFunction {
  constructor(scope: Construct, id: AnyFunctionName, { service, network, ...props }: EventFunctionProps) {
    super(scope, id, { ...props, environment: { ...props.environment, [ENV.service]: service } });
    if (network !== undefined) this.grant(grantNetwork(network));
  }
}

/** The physical names, the log retention and the network of a function. */
export function deployedAs(settings: Settings, name: AnyFunctionName): Omit<EventFunctionProps, "bundle"> {
  const { functionSubnets, functionSecurityGroup } = settings;
  return {
    functionName: physicalName(settings, name),
    logGroupName: logGroupName(settings, name),
    logRetention: settings.logRetentionDays as RetentionDays,
    logRemovalPolicy: removalOf(settings),
    service: serviceDimension(settings),
    ...(functionSubnets.length > 0 && {
      network: { subnetIds: functionSubnets, securityGroupIds: [functionSecurityGroup] },
    }),
  };
}

/** Absent without mails, where other declared consumers may be absent as well. */
type OptionalName = QueueConsumer | typeof MAIL_FEEDBACK;

/** The functions of a deployment, by name. */
export type DeployedFunctions = Readonly<Record<Exclude<FunctionName, OptionalName>, EventFunction>> &
  Readonly<Partial<Record<OptionalName, EventFunction>>>;

/** A function for each name. */
export function eventFunctions<Name extends FunctionName | BrokerFunctionName>(
  scope: Construct,
  names: readonly Name[],
  propsOf: (name: Name) => EventFunctionProps,
): Readonly<Record<Name, EventFunction>> {
  const entries = names.map((name) => [name, new EventFunction(scope, name, propsOf(name))]);
  return Object.fromEntries(entries) as Record<Name, EventFunction>;
}
