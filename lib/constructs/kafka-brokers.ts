import { CustomResource } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { Settings } from "../config.ts";
import { deployedAs, EventFunction } from "./event-function.ts";
import { grantLookUpBrokers } from "./grants/kafka-grants.ts";
import type { KafkaCluster } from "./kafka-cluster.ts";

/** The type and the attribute of the resource in the template. */
const KAFKA_BROKERS = { resourceType: "Custom::KafkaBrokers", attribute: "Brokers" } as const;
/** Longer than MSK takes to answer, shorter than CloudFormation waits. */
const TIMEOUT_SECONDS = 60;

/**
 * The brokers' addresses, as `host:port,host:port`, which no attribute of a cluster has. A function outside the network
 * looks them up while the stack is deployed, so that the functions inside need no endpoint of MSK.
 */
export function kafkaBrokers(
  scope: Construct,
  cluster: KafkaCluster,
  settings: Settings,
  bundle: string,
): string {
  const lookUp = new EventFunction(scope, "kafka-brokers", {
    ...deployedAs(settings, "kafka-brokers"),
    bundle,
    timeoutSeconds: TIMEOUT_SECONDS,
  }).grant(grantLookUpBrokers);
  const resource = new CustomResource(scope, "KafkaBrokers", {
    resourceType: KAFKA_BROKERS.resourceType,
    serviceToken: lookUp.function.functionArn,
    properties: {
      ClusterArn: cluster.arn,
      // A change of these looks them up again: the size of the stack's own brokers, the number of an existing cluster's.
      Asked: `${settings.brokerCount} ${settings.brokerInstance}`,
    },
  });
  resource.node.addDependency(lookUp.role);
  return resource.getAttString(KAFKA_BROKERS.attribute);
}
