import { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import type { Settings } from "../config.ts";
import type { ConsumerFunction } from "./consumer-function.ts";

export interface BrokerQueueMappingProps {
  readonly brokerArn: string;
  readonly secretArn: string;
  readonly queue: string;
  readonly batchSize: number;
  readonly settings: Settings;
  /** false: another backbone processes. */
  readonly isProcessing?: boolean;
}

/**
 * The event source mapping of a queue of RabbitMQ, for which the library has no construct. It invokes the function once at
 * a time, reads no response, and has neither retries nor a destination of its own:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-mq-params.html
 */
export function mapBrokerQueue(
  to: ConsumerFunction,
  id: string,
  { brokerArn, secretArn, queue, batchSize, settings, isProcessing }: BrokerQueueMappingProps,
): CfnEventSourceMapping {
  const mapping = new CfnEventSourceMapping(to, id, {
    functionName: to.function.functionName,
    eventSourceArn: brokerArn,
    queues: [queue],
    batchSize,
    maximumBatchingWindowInSeconds: settings.batchWindowSeconds,
    ...(isProcessing !== undefined && { enabled: isProcessing }),
    sourceAccessConfigurations: [
      { type: "BASIC_AUTH", uri: secretArn },
      { type: "VIRTUAL_HOST", uri: settings.rabbitmqVhost },
    ],
  });
  // Creating a mapping checks the permissions of the function's role.
  mapping.node.addDependency(to.role);
  return mapping;
}
