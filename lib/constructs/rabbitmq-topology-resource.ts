import { CustomResource } from "aws-cdk-lib";
import type { Construct } from "constructs";
import {
  RABBITMQ,
  RABBITMQ_QUEUES,
  retryQueue,
  suspectQueue,
} from "../../functions/contract/broker-names.ts";
import type { Settings } from "../config.ts";
import { rabbitTopology } from "../settings/rabbitmq-topology.ts";
import type { OwnBroker } from "./amazon-mq.ts";
import { deployedAs, EventFunction } from "./event-function.ts";
import { grantNetwork } from "./grants/network-grants.ts";
import { grantReadSecrets } from "./grants/rabbitmq-grants.ts";
import type { TopologyProperties } from "./rabbitmq-topology-handler.ts";

/** The type and the attribute of the resource in the template. */
const RABBITMQ_TOPOLOGY = { resourceType: "Custom::RabbitMQTopology", attribute: "Url" } as const;
const TIMEOUT_SECONDS = 120;

/**
 * The vhost with its topology and users, made over the management API while the stack is deployed, and read back. Answers
 * the URL of the vhost, so that what uses it comes after it.
 */
export function appliedTopology(
  scope: Construct,
  broker: OwnBroker,
  settings: Settings,
  bundle: string,
): string {
  const { admin, publisher, consumer, endpoints, network } = broker;
  const secrets = [admin, publisher, consumer].map(({ secretArn }) => secretArn);
  const applier = new EventFunction(scope, "rabbitmq-topology", {
    ...deployedAs(settings, "rabbitmq-topology"),
    bundle,
    timeoutSeconds: TIMEOUT_SECONDS,
  }).grant(grantNetwork(network), grantReadSecrets(secrets));
  const resource = new CustomResource(scope, "Topology", {
    resourceType: RABBITMQ_TOPOLOGY.resourceType,
    serviceToken: applier.function.functionArn,
    properties: {
      Endpoints: endpoints,
      Vhost: settings.rabbitmqVhost,
      AdminSecretArn: admin.secretArn,
      Users: [
        { SecretArn: publisher.secretArn, Write: exactly([RABBITMQ.exchange]), Read: "^$" },
        // It writes to queues by way of the default exchange.
        { SecretArn: consumer.secretArn, Write: "^amq\\.default$", Read: exactly(readQueues(settings)) },
      ],
      Topology: JSON.stringify(rabbitTopology(settings)),
    } satisfies TopologyProperties,
  });
  resource.node.addDependency(applier.role);
  return resource.getAttString(RABBITMQ_TOPOLOGY.attribute);
}

function readQueues({ rabbitmqRetryDelaysSeconds }: Settings): string[] {
  const all = RABBITMQ_QUEUES.flatMap((queue) => [
    queue,
    suspectQueue(queue),
    ...rabbitmqRetryDelaysSeconds.map((seconds) => retryQueue(queue, seconds)),
  ]);
  return [...all, RABBITMQ.deadLetterQueue];
}

/** A permission of RabbitMQ is a regular expression over names. */
function exactly(names: readonly string[]): string {
  return `^(${names.map((name) => name.replaceAll(".", "\\.")).join("|")})$`;
}
