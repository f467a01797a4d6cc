import type { RabbitTopology } from "../../settings/rabbitmq-topology.ts";
import { batching } from "./batching.ts";
import type { RabbitMappingSpec } from "./model.ts";
import type { ResolvedAssembly, ResolvedResource } from "./resolve-assembly.ts";
import { AssemblyError, listAt, stringAt } from "./template-values.ts";

export const isRabbitBroker = (arn: string): boolean => arn.startsWith("arn:aws:mq:");

/** What the deployment would apply over the management API. */
export const readRabbitTopologies = (assembly: ResolvedAssembly): RabbitTopology[] =>
  assembly
    .ofType("Custom::RabbitMQTopology")
    .map(
      ({ path, properties }) =>
        JSON.parse(stringAt(properties["Topology"], `${path}: Topology`)) as RabbitTopology,
    );

/** What Lambda does not take for a queue of RabbitMQ. */
const REFUSED = [
  "BisectBatchOnFunctionError",
  "MaximumRetryAttempts",
  "MaximumRecordAgeInSeconds",
  "FunctionResponseTypes",
  "DestinationConfig",
  "ScalingConfig",
  "ProvisionedPollerConfig",
] as const;

/**
 * A mapping of a queue, with Lambda's defaults where the template sets nothing.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-mq-params.html
 */
export function rabbitMapping(
  { path, properties }: ResolvedResource,
  functionName: string,
  brokerArn: string,
): RabbitMappingSpec {
  const refused = REFUSED.find((property) => properties[property] !== undefined);
  if (refused !== undefined)
    throw new AssemblyError(`${path}: Lambda does not support ${refused} for queues of RabbitMQ`);
  if (properties["FilterCriteria"] !== undefined)
    throw new AssemblyError(
      `${path}: AWS does not document what a filter does with a message of RabbitMQ that it does not match`,
    );
  const [queue, ...others] = listAt(properties["Queues"], `${path}: Queues`);
  if (others.length > 0) throw new AssemblyError(`${path}: a mapping reads one queue`);
  const { batchSize, windowSeconds, enabled } = batching(properties, path, 100);
  return {
    kind: "rabbitmq",
    functionName,
    brokerArn,
    queue: stringAt(queue, `${path}: Queues`),
    batchSize,
    windowSeconds,
    enabled,
  };
}
