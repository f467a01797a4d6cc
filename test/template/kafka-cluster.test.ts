import { describe, expect, test } from "vitest";
import { KAFKA } from "../../functions/contract/broker-names.ts";
import { LIMITS } from "../../functions/contract/limits.ts";
import { decodeConfigs } from "../../lib/settings/wanted-topics.ts";
import { EXISTING } from "./existing-cluster.ts";
import { type Resource, STACK_NAMES, synthesized } from "./synthesized.ts";

const stacks = synthesized({ backbones: "queues,kafka" });
const of = (type: string, from = stacks): readonly Resource[] => from.resources("kafka", type);
const only = (type: string, from = stacks): Resource["properties"] => {
  const [found, ...more] = of(type, from);
  expect(more).toEqual([]);
  return found?.properties;
};
const ref = (type: string) => of(type).map(({ id }) => ({ Ref: id }));

describe("the cluster", () => {
  const cluster = only("AWS::MSK::Cluster");

  test("accepts IAM only, encrypts all traffic, and reports the metrics of the alarms", () => {
    expect(cluster.ClientAuthentication).toEqual({
      Sasl: { Iam: { Enabled: true }, Scram: { Enabled: false } },
      Tls: { Enabled: false },
      Unauthenticated: { Enabled: false },
    });
    expect(cluster.EncryptionInfo).toEqual({
      EncryptionInTransit: { ClientBroker: "TLS", InCluster: true },
    });
    expect(cluster.EnhancedMonitoring).toBe("DEFAULT");
    expect(cluster.BrokerNodeGroupInfo.ConnectivityInfo).toBeUndefined();
  });

  test("has the volume size of the settings, because the default is 1,000 GiB a broker", () => {
    const other = synthesized({
      backbones: "queues,kafka",
      brokerCount: 2,
      brokerInstance: "kafka.m7g.large",
      brokerVolumeGb: 40,
    });

    expect(cluster).toMatchObject({
      NumberOfBrokerNodes: 3,
      BrokerNodeGroupInfo: {
        InstanceType: "kafka.t3.small",
        StorageInfo: { EBSStorageInfo: { VolumeSize: 10 } },
      },
    });
    expect(only("AWS::MSK::Cluster", other)).toMatchObject({
      NumberOfBrokerNodes: 2,
      BrokerNodeGroupInfo: {
        InstanceType: "kafka.m7g.large",
        StorageInfo: { EBSStorageInfo: { VolumeSize: 40 } },
      },
    });
  });

  test("keeps its log for the retention of the settings", () => {
    const { LogGroup } = cluster.LoggingInfo.BrokerLogs.CloudWatchLogs;
    const group = of("AWS::Logs::LogGroup").find(({ id }) => id === LogGroup.Ref);

    expect(group?.properties.RetentionInDays).toBe(30);
  });

  test("is retained with topics and network with protectData, and otherwise deleted with the stack", () => {
    const kept = synthesized({ backbones: "queues,kafka", protectData: true });
    const policies = (from: typeof stacks) =>
      from
        .resources("kafka")
        .filter(({ id }) => id.startsWith("Kafka") && id !== "KafkaBrokers")
        .map(({ deletionPolicy }) => deletionPolicy ?? "Delete");

    expect(policies(stacks).length).toBeGreaterThan(10);
    expect(new Set(policies(stacks))).toEqual(new Set(["Delete"]));
    expect(new Set(policies(kept))).toEqual(new Set(["RetainExceptOnCreate"]));
  });
});

describe("the network", () => {
  test("has a subnet in one zone for each broker, chosen without a look-up", () => {
    const zones = of("AWS::EC2::Subnet").map(({ properties }) => properties.AvailabilityZone);

    expect(zones).toEqual([0, 1, 2].map((zone) => ({ "Fn::Select": [zone, { "Fn::GetAZs": "" }] })));
    expect(only("AWS::MSK::Cluster").BrokerNodeGroupInfo.ClientSubnets).toEqual(ref("AWS::EC2::Subnet"));
  });

  test("has the zones of the settings, because not every zone supports brokers", () => {
    const kafkaZones = "us-east-1b,us-east-1d";
    const chosen = synthesized({ backbones: "queues,kafka", brokerCount: 2, kafkaZones });
    const zones = of("AWS::EC2::Subnet", chosen).map(({ properties }) => properties.AvailabilityZone);

    expect(zones).toEqual(["us-east-1b", "us-east-1d"]);
    expect(only("AWS::MSK::Cluster", chosen).BrokerNodeGroupInfo.ClientSubnets).toHaveLength(2);
  });

  test.each([{}, { kafkaZones: "us-east-1b,us-east-1c,us-east-1d" }])(
    "looks up no zones at synth with account and region set, with %j",
    (more) => {
      const here = { backbones: "queues,kafka", account: "123456789012", region: "us-east-1" };

      const { app } = synthesized({ ...here, ...more }).orderEvents;

      expect(app.synth().manifest.missing ?? []).toEqual([]);
    },
  );

  test("has no other resource with an hourly price, and no route to the internet", () => {
    const types = new Set(
      of("AWS::EC2::VPC")
        .concat(stacks.resources("kafka"))
        .map(({ type }) => type),
    );

    expect([...types].filter((type) => /NatGateway|InternetGateway|EIP|Route$/.test(type))).toEqual([]);
    expect(only("AWS::EC2::VPCEndpoint").VpcEndpointType).toBe("Gateway");
    expect(JSON.stringify(only("AWS::EC2::VPCEndpoint").ServiceName)).toContain(".dynamodb");
  });

  test("admits only members to brokers, at the port of IAM", () => {
    const [group] = of("AWS::EC2::SecurityGroup");
    const id = { "Fn::GetAtt": [group?.id, "GroupId"] };

    expect(group?.properties.SecurityGroupIngress).toBeUndefined();
    expect(only("AWS::EC2::SecurityGroupIngress")).toMatchObject({
      IpProtocol: "tcp",
      FromPort: 9098,
      ToPort: 9098,
      GroupId: id,
      SourceSecurityGroupId: id,
    });
    expect(only("AWS::MSK::Cluster").BrokerNodeGroupInfo.SecurityGroups).toEqual([id]);
  });
});

describe("topics", () => {
  const topics = (from = stacks) =>
    Object.fromEntries(
      of("AWS::MSK::Topic", from).map(({ properties }) => [
        properties.TopicName,
        { ...properties, configs: decodeConfigs(properties.Configs) },
      ]),
    );

  test("of three brokers have three replicas, of which two acknowledge, and keep given-up records longer", () => {
    expect(topics()).toMatchObject({
      [KAFKA.topic]: {
        PartitionCount: 3,
        ReplicationFactor: 3,
        ClusterArn: { Ref: of("AWS::MSK::Cluster")[0]?.id },
        configs: { "min.insync.replicas": "2", "retention.ms": "604800000", "cleanup.policy": "delete" },
      },
      [KAFKA.deadLetterTopic]: {
        PartitionCount: 3,
        ReplicationFactor: 3,
        configs: { "min.insync.replicas": "2", "retention.ms": "1209600000" },
      },
    });
  });

  test("accept the largest message of a queue with headers, and Lambda's document about it", () => {
    const { [KAFKA.topic]: events, [KAFKA.deadLetterTopic]: dead } = topics();
    const bytes = (topic: typeof events) => Number(topic?.configs["max.message.bytes"]);

    expect(bytes(events)).toBeGreaterThan(LIMITS.messageBytes);
    // At most six characters a byte, and one or two kibibytes around them.
    expect(bytes(dead)).toBeGreaterThan(6 * bytes(events) + 2_048);
  });

  test("of two brokers accept writes while one is restarted", () => {
    const two = topics(
      synthesized({ backbones: "queues,kafka", brokerCount: 2, kafkaPartitions: 6, kafkaRetentionHours: 1 }),
    );

    expect(two[KAFKA.topic]).toMatchObject({
      PartitionCount: 6,
      ReplicationFactor: 2,
      configs: { "min.insync.replicas": "1", "retention.ms": "3600000" },
    });
  });

  test("have their configuration in Base64, one name and value a line", () => {
    const [topic] = of("AWS::MSK::Topic");

    expect(Buffer.from(topic?.properties.Configs, "base64").toString()).toBe(
      "cleanup.policy=delete\nmax.message.bytes=278528\nmin.insync.replicas=2\nretention.ms=604800000",
    );
  });
});

describe("an existing cluster", () => {
  const there = synthesized({ backbones: "queues,kafka", ...EXISTING });

  test("is used unchanged, without a new cluster, network or topic", () => {
    const types = there.resources("kafka").map(({ type }) => type);

    expect(types.filter((type) => /MSK|EC2/.test(type))).toEqual([]);
  });

  test("has the functions in its network, and the mappings read it", () => {
    const mappings = of("AWS::Lambda::EventSourceMapping", there);
    const inside = of("AWS::Lambda::Function", there).filter(({ properties }) => properties.VpcConfig);

    expect(
      mappings.filter(({ properties }) => properties.EventSourceArn === EXISTING.kafkaClusterArn),
    ).toHaveLength(2);
    expect(inside.map(({ properties }) => properties.VpcConfig)).toEqual([
      {
        SubnetIds: EXISTING.kafkaSubnets.split(","),
        SecurityGroupIds: [EXISTING.kafkaSecurityGroup],
      },
    ]);
  });

  test("is looked up for its brokers, with permission for that cluster only", () => {
    expect(only("Custom::KafkaBrokers", there).ClusterArn).toBe(EXISTING.kafkaClusterArn);
  });
});

describe("the stack", () => {
  test("exports nothing, so that it can be removed", () => {
    for (const [name, output] of Object.entries(stacks.outputs("kafka")))
      expect(output.Export, name).toBeUndefined();
    expect(Object.keys(stacks.outputs("kafka"))).toEqual(["ClusterArn", "Brokers", "QueueUrl"]);
  });
});

describe("without kafka", () => {
  test("the other stacks have no resource of Kafka", () => {
    const without = synthesized();

    expect(without.orderEvents.kafka).toBeUndefined();
    for (const stack of STACK_NAMES)
      expect(JSON.stringify(without.resources(stack)), stack).not.toMatch(
        /kafka|AWS::(MSK|EC2)|"(msk|ec2):/i,
      );
  });

  test("data and messaging are the same with Kafka while queues process", () => {
    const without = synthesized();

    for (const stack of ["data", "messaging"] as const)
      expect(stacks.resources(stack), stack).toEqual(without.resources(stack));
  });
});
