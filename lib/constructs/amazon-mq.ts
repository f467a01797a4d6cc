import { RemovalPolicy } from "aws-cdk-lib";
import { CfnBroker } from "aws-cdk-lib/aws-amazonmq";
import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { Settings } from "../config.ts";
import type { Network } from "./grants/network-grants.ts";
import { physicalName, rabbitBrokerName } from "./resource-names.ts";

/** Where a broker of Amazon MQ listens to AMQP over TLS. */
const AMQPS_PORT = 5671;
/** Of its management API, and of AWS's endpoints. */
const HTTPS_PORT = 443;
/** 4.3 does not count a negative acknowledgement as a delivery, and refuses global prefetch. */
const RABBITMQ_VERSION = "4.2";
const CLUSTER_NODES = 3;

/** How functions reach a broker. */
export interface RabbitAccess {
  readonly brokerArn: string;
  /** `amqps://host:port/vhost`. */
  readonly url: string;
  readonly network: Network;
  /** Secrets with `username` and `password`. */
  readonly publisherSecretArn: string;
  readonly consumerSecretArn: string;
}

/** An existing broker, which the stack does not change; `npm run rabbitmq:topology` applies its topology. */
export function existingBroker(settings: Settings): RabbitAccess {
  const { rabbitmqHost, rabbitmqVhost, rabbitmqSecretArn } = settings;
  return {
    brokerArn: settings.rabbitmqBrokerArn,
    url: `amqps://${rabbitmqHost}:${AMQPS_PORT}/${encodeURIComponent(rabbitmqVhost)}`,
    network: { subnetIds: settings.rabbitmqSubnets, securityGroupIds: [settings.rabbitmqSecurityGroup] },
    publisherSecretArn: rabbitmqSecretArn,
    consumerSecretArn: rabbitmqSecretArn,
  };
}

export const rabbitNodes = ({ rabbitmqCluster }: Pick<Settings, "rabbitmqCluster">): number =>
  rabbitmqCluster ? CLUSTER_NODES : 1;

/**
 * A private broker, TLS only, with the network that it, the functions and the event source mappings need: mappings of a
 * private broker need endpoints of Lambda and Secrets Manager, and those cost by the hour.
 * https://docs.aws.amazon.com/lambda/latest/dg/process-mq-messages-with-lambda.html
 */
export class OwnBroker extends Construct {
  readonly brokerArn: string;
  /** `amqps://host:port` of each node. */
  readonly endpoints: string[];
  readonly network: Network;
  readonly admin: Secret;
  readonly publisher: Secret;
  readonly consumer: Secret;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.network = this.#network(settings);
    this.admin = this.#secret("Admin", "admin", settings);
    this.publisher = this.#secret("Publisher", "publisher", settings);
    this.consumer = this.#secret("Consumer", "consumer", settings);
    const broker = this.#broker(settings);
    this.brokerArn = broker.attrArn;
    this.endpoints = broker.attrAmqpEndpoints;
  }

  #network(settings: Settings): Network {
    const vpc = new Vpc(this, "Network", {
      vpcName: physicalName(settings, "rabbitmq"),
      ipAddresses: IpAddresses.cidr("10.90.0.0/24"),
      maxAzs: rabbitNodes(settings),
      subnetConfiguration: [{ name: "brokers", subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 27 }],
      natGateways: 0,
      // Emptying the default group would take a custom resource, and nothing uses it.
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: {
        dynamodb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        // CloudFormation takes the answer of a custom resource at an address of S3.
        s3: { service: GatewayVpcEndpointAwsService.S3 },
      },
    });
    const members = new SecurityGroup(this, "Members", {
      // The library's own class does not fit its own interface under exact optional properties.
      vpc: vpc as IVpc,
      description: "The broker, what Lambda puts beside it, the functions that use it, and endpoints of AWS",
    });
    members.addIngressRule(members, Port.tcp(AMQPS_PORT), "AMQP over TLS, among members only");
    members.addIngressRule(members, Port.tcp(HTTPS_PORT), "Management API and endpoints, among members only");
    for (const [name, service] of [
      ["Lambda", InterfaceVpcEndpointAwsService.LAMBDA],
      ["SecretsManager", InterfaceVpcEndpointAwsService.SECRETS_MANAGER],
    ] as const)
      vpc.addInterfaceEndpoint(name, { service, securityGroups: [members], open: false });
    return {
      subnetIds: vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
      securityGroupIds: [members.securityGroupId],
    };
  }

  /** Passwords have none of the characters that Amazon MQ refuses. */
  #secret(id: string, user: string, settings: Settings): Secret {
    return new Secret(this, id, {
      secretName: physicalName(settings, "rabbitmq", user),
      description: `Login of the user ${user} of RabbitMQ`,
      removalPolicy: settings.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: user }),
        generateStringKey: "password",
        passwordLength: 32,
        excludePunctuation: true,
      },
    });
  }

  #broker(settings: Settings): CfnBroker {
    const broker = new CfnBroker(this, "Broker", {
      brokerName: rabbitBrokerName(settings),
      engineType: "RABBITMQ",
      engineVersion: RABBITMQ_VERSION,
      hostInstanceType: settings.rabbitmqInstance,
      deploymentMode: settings.rabbitmqCluster ? "CLUSTER_MULTI_AZ" : "SINGLE_INSTANCE",
      publiclyAccessible: false,
      // RabbitMQ requires it.
      autoMinorVersionUpgrade: true,
      subnetIds: [...this.network.subnetIds],
      securityGroups: [...this.network.securityGroupIds],
      logs: { general: true },
      users: [
        {
          username: "admin",
          password: this.admin.secretValueFromJson("password").unsafeUnwrap(),
        },
      ],
    });
    if (settings.protectData) broker.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return broker;
  }
}
