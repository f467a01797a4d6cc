import { CfnResource, Fn, RemovalPolicy, Token } from "aws-cdk-lib";
import {
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { CfnCluster, CfnTopic } from "aws-cdk-lib/aws-msk";
import { Construct } from "constructs";
import type { Settings } from "../config.ts";
import { encodeConfigs, wantedTopics } from "../settings/wanted-topics.ts";
import type { Network } from "./grants/network-grants.ts";
import { kafkaClusterName, physicalName } from "./resource-names.ts";

/** Where brokers with IAM authentication listen. */
const IAM_PORT = 9098;
/** The last with ZooKeeper, which small brokers run; topics as resources need 3.6 or later. */
const KAFKA_VERSION = "3.9.x";

/** A cluster that functions read and write: one of this stack, or an existing one. */
export interface KafkaCluster {
  readonly arn: string;
  readonly network: Network;
  /** Resources to create before any use of a topic. */
  readonly topics: readonly CfnResource[];
  topicArn(topic: string): string;
  groupArn(group: string): string;
}

/** An existing cluster, which the stack does not change; `npm run kafka:topics` makes its topics. */
export function existingCluster(settings: Settings): KafkaCluster {
  const network = { subnetIds: settings.kafkaSubnets, securityGroupIds: [settings.kafkaSecurityGroup] };
  return { ...named(settings.kafkaClusterArn), network, topics: [] };
}

/**
 * The zones of the settings; otherwise the region's first, chosen at deployment, so that synth needs no look-up.
 * - A region of two zones needs brokerCount=2.
 * - A region whose first zones do not all take brokers needs kafkaZones: in us-east-1 use1-az3 takes none.
 */
export function brokerZones({ kafkaZones, brokerCount }: Settings): string[] {
  if (kafkaZones.length > 0) return [...kafkaZones];
  return firstZones(brokerCount);
}

/** The region's first zones, chosen at deployment. */
export function firstZones(count: number): string[] {
  return Array.from({ length: count }, (_, zone) => Fn.select(zone, Fn.getAzs()));
}

/**
 * The smallest cluster that loses no record with one broker: TLS and IAM only, one broker a zone, in a network without a
 * way out. Its functions use DynamoDB through a gateway endpoint, which costs nothing. Pollers in provisioned mode need
 * no endpoint of Lambda and STS, which would cost by the hour:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk-cluster-network.html
 */
export class OwnCluster extends Construct implements KafkaCluster {
  readonly arn: string;
  readonly network: Network;
  readonly topics: readonly CfnResource[];
  readonly topicArn: KafkaCluster["topicArn"];
  readonly groupArn: KafkaCluster["groupArn"];

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.network = this.#network(settings);
    const cluster = this.#cluster(settings);
    const { arn, topicArn, groupArn } = named(cluster.ref);
    this.arn = arn;
    this.topicArn = topicArn;
    this.groupArn = groupArn;
    this.topics = wantedTopics(settings).map(
      (topic) =>
        new CfnTopic(this, topic.name, {
          clusterArn: arn,
          topicName: topic.name,
          partitionCount: topic.partitions,
          replicationFactor: topic.replication,
          configs: encodeConfigs(topic.configs),
        }),
    );
    // A retained cluster needs its network: a network in use cannot be deleted.
    if (settings.protectData)
      for (const each of this.node.findAll())
        if (CfnResource.isCfnResource(each))
          each.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }

  #network(settings: Settings): Network {
    const vpc = new Vpc(this, "Network", {
      vpcName: physicalName(settings, "kafka"),
      ipAddresses: IpAddresses.cidr("10.89.0.0/24"),
      // Of `availabilityZones` of the stack: see `brokerZones`.
      maxAzs: settings.brokerCount,
      subnetConfiguration: [{ name: "brokers", subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 27 }],
      natGateways: 0,
      // Emptying the default group would take a custom resource, and nothing uses it.
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: { dynamodb: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
    });
    const members = new SecurityGroup(this, "Members", {
      // The library's own class does not fit its own interface under exact optional properties.
      vpc: vpc as IVpc,
      description: "Brokers, the pollers that Lambda puts beside them, and the function that writes to them",
    });
    members.addIngressRule(members, Port.tcp(IAM_PORT), "Kafka with IAM, among members only");
    return {
      subnetIds: vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
      securityGroupIds: [members.securityGroupId],
    };
  }

  #cluster(settings: Settings): CfnCluster {
    const logs = new LogGroup(this, "Logs", {
      // Under this prefix a log group does not count against the account's resource policy.
      logGroupName: `/aws/vendedlogs/${physicalName(settings, "kafka")}`,
      retention: settings.logRetentionDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return new CfnCluster(this, "Cluster", {
      clusterName: kafkaClusterName(settings),
      kafkaVersion: KAFKA_VERSION,
      numberOfBrokerNodes: settings.brokerCount,
      brokerNodeGroupInfo: {
        instanceType: settings.brokerInstance,
        clientSubnets: [...this.network.subnetIds],
        securityGroups: [...this.network.securityGroupIds],
        // Without a size a broker gets 1,000 GiB.
        storageInfo: { ebsStorageInfo: { volumeSize: settings.brokerVolumeGb } },
      },
      clientAuthentication: {
        sasl: { iam: { enabled: true }, scram: { enabled: false } },
        tls: { enabled: false },
        unauthenticated: { enabled: false },
      },
      // Volumes are always encrypted at rest; without a customer key, with the key of the service.
      encryptionInfo: { encryptionInTransit: { clientBroker: "TLS", inCluster: true } },
      // The level that the alarms need is free of charge; finer levels are billed by metric.
      enhancedMonitoring: "DEFAULT",
      loggingInfo: { brokerLogs: { cloudWatchLogs: { enabled: true, logGroup: logs.logGroupName } } },
    });
  }
}

/** ARNs of topics and groups contain the cluster's name and its id, which is unknown before its deployment. */
function named(arn: string): Pick<KafkaCluster, "arn" | "topicArn" | "groupArn"> {
  const marker = ":cluster/";
  const of = (kind: string) => (name: string) =>
    Token.isUnresolved(arn)
      ? Fn.join("", [
          Fn.select(0, Fn.split(marker, arn)),
          `:${kind}/`,
          Fn.select(1, Fn.split(marker, arn)),
          `/${name}`,
        ])
      : `${arn.replace(marker, `:${kind}/`)}/${name}`;
  return { arn, topicArn: of("topic"), groupArn: of("group") };
}
