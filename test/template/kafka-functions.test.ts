import { describe, expect, test } from "vitest";
import { KAFKA_FUNCTIONS } from "../../functions/contract/broker-names.ts";
import { ENV } from "../../functions/contract/names.ts";
import { EXISTING } from "./existing-cluster.ts";
import { flat, functionNamed, granted, withoutDigest } from "./grants.ts";
import { synthesized } from "./synthesized.ts";

const stacks = synthesized({ backbones: "queues,kafka" });
const permissionsOf = (name: string) =>
  Object.fromEntries(
    Object.entries(granted(stacks, "kafka", name)).map(([action, where]) => [
      action,
      where.map(withoutDigest),
    ]),
  );
const environmentOf = (name: string) =>
  functionNamed(stacks, "kafka", name).properties.Environment.Variables as Record<string, unknown>;

const CLUSTER = "KafkaCluster";
const inCluster = (kind: string, name: string) => `${CLUSTER}[0]:${kind}/${CLUSTER}[1]/${name}`;
const ACCOUNT = "arn:AWS::Partition:ec2:AWS::Region:AWS::AccountId:*/*";
const PARKS = { "dynamodb:GetItem": ["FailedMessagesArn"], "dynamodb:PutItem": ["FailedMessagesArn"] };
const on = (actions: readonly string[], ...where: string[]) =>
  Object.fromEntries(actions.map((action) => [action, where]));
const INTERFACES = {
  ...on(["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"], "*"),
  ...on(["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"], ACCOUNT),
};
const readsTopic = (topic: string, group: string) => ({
  ...INTERFACES,
  ...on(["ec2:DescribeSecurityGroups", "ec2:DescribeVpcs"], "*"),
  ...on(
    ["kafka-cluster:Connect", "kafka-cluster:DescribeClusterDynamicConfiguration", "kafka:DescribeClusterV2"],
    CLUSTER,
  ),
  "kafka:GetBootstrapBrokers": ["*"],
  ...on(["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"], inCluster("topic", topic)),
  ...on(["kafka-cluster:DescribeGroup", "kafka-cluster:AlterGroup"], inCluster("group", group)),
});

describe("the functions of Kafka have exactly the permissions that they use", () => {
  test("publish-to-kafka: reads the stream and its queue, writes to one topic, parks", () => {
    expect(permissionsOf("publish-to-kafka")).toEqual({
      ...PARKS,
      ...INTERFACES,
      ...on(["ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"], ACCOUNT),
      ...on(
        ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map((each) => `dynamodb:${each}`),
        "OrdersStreamArn",
      ),
      "s3:PutObject": ["CrashedBatchesArn/*"],
      "s3:ListBucket": ["CrashedBatchesArn"],
      ...on(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], "Source"),
      ...on(["kafka-cluster:Connect", "kafka-cluster:WriteDataIdempotently"], CLUSTER),
      ...on(["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"], inCluster("topic", "order-events")),
    });
  });

  test("order-events-kafka: reads its topic in its group, writes to the dead-letter topic, decides orders", () => {
    const dead = inCluster("topic", "order-events-dlt");
    const live = inCluster("topic", "order-events");

    expect(permissionsOf("order-events-kafka")).toEqual({
      ...PARKS,
      ...readsTopic("order-events", "order-processing-group"),
      "kafka-cluster:DescribeTopic": [live, dead],
      "kafka-cluster:WriteData": [dead],
      "dynamodb:UpdateItem": ["OrdersArn", "StockArn"],
    });
  });

  test("kafka-dead-letters: reads the dead-letter topic in its own group, and parks", () => {
    expect(permissionsOf("kafka-dead-letters")).toEqual({
      ...PARKS,
      ...readsTopic("order-events-dlt", "order-events-dlt-group"),
    });
  });

  test("kafka-brokers: looks up the brokers", () => {
    expect(permissionsOf("kafka-brokers")).toEqual({ "kafka:GetBootstrapBrokers": ["*"] });
  });

  test("no action is a wildcard", () => {
    for (const name of [...KAFKA_FUNCTIONS, "kafka-brokers"])
      expect(
        Object.keys(permissionsOf(name)).filter((action) => action.includes("*")),
        name,
      ).toEqual([]);
  });

  test("in an existing cluster the ARNs of topics and groups are complete", () => {
    const { kafkaClusterArn } = EXISTING;
    const rights = granted(
      synthesized({ backbones: "queues,kafka", ...EXISTING }),
      "kafka",
      "order-events-kafka",
    );

    expect(rights["kafka-cluster:Connect"]).toEqual([kafkaClusterArn]);
    expect(rights["kafka-cluster:ReadData"]).toEqual([
      `${kafkaClusterArn.replace(":cluster/", ":topic/")}/dev-order-events`,
    ]);
    expect(rights["kafka-cluster:AlterGroup"]).toEqual([
      `${kafkaClusterArn.replace(":cluster/", ":group/")}/dev-order-processing-group`,
    ]);
  });
});

describe("the functions of Kafka", () => {
  test.each([...KAFKA_FUNCTIONS, "kafka-brokers"])(
    "%s runs on nodejs24.x and arm64, with a log retention",
    (name) => {
      const { properties } = functionNamed(stacks, "kafka", name);
      const group = stacks
        .resources("kafka", "AWS::Logs::LogGroup")
        .find(({ id }) => id === properties.LoggingConfig.LogGroup.Ref);

      expect(properties).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        Handler: "index.handler",
      });
      expect(group?.properties.RetentionInDays).toBe(30);
    },
  );

  test("are outside the network, except the one that writes to brokers", () => {
    const inside = [...KAFKA_FUNCTIONS, "kafka-brokers"].filter(
      (name) => functionNamed(stacks, "kafka", name).properties.VpcConfig,
    );

    expect(inside).toEqual(["publish-to-kafka"]);
  });

  test("use only environment names of the contract", () => {
    const known = new Set<string>(Object.values(ENV));

    for (const name of KAFKA_FUNCTIONS)
      expect(
        Object.keys(environmentOf(name)).filter((each) => !known.has(each)),
        name,
      ).toEqual([]);
  });

  test("publish-to-kafka has the brokers, the topic and the authentication in its environment", () => {
    expect(environmentOf("publish-to-kafka")).toMatchObject({
      KAFKA_BROKERS: { "Fn::GetAtt": ["KafkaBrokers", "Brokers"] },
      KAFKA_TOPIC: "order-events",
      KAFKA_SECURITY: "iam",
      MAX_RECEIVE_COUNT: "5",
      GIVE_UP_AFTER_SECONDS: "1800",
    });
    // Its network has no route to SQS, so a call would time out.
    expect(environmentOf("publish-to-kafka")).not.toHaveProperty("QUEUE_URL");
  });

  test("order-events-kafka has the age from which a failure can be the last, and no age at which it gives up", () => {
    const environment = environmentOf("order-events-kafka");

    expect(environment).toMatchObject({ MAY_BE_LAST_AFTER_SECONDS: "60", MAX_AGE_SECONDS: "0" });
    expect(environment).not.toHaveProperty("GIVE_UP_AFTER_SECONDS");
  });
});

describe("the brokers' addresses", () => {
  const [resource] = stacks.resources("kafka", "Custom::KafkaBrokers");

  test("are looked up outside the network while the stack is deployed", () => {
    const lookUp = functionNamed(stacks, "kafka", "kafka-brokers");

    expect(resource?.properties.ServiceToken).toEqual({ "Fn::GetAtt": [lookUp.id, "Arn"] });
    expect(flat(resource?.properties.ClusterArn)).toMatch(/^KafkaCluster/);
  });

  test("are looked up again when the brokers change", () => {
    const [other] = synthesized({ backbones: "queues,kafka", brokerCount: 2 }).resources(
      "kafka",
      "Custom::KafkaBrokers",
    );

    expect(other?.properties.Asked).not.toBe(resource?.properties.Asked);
  });
});
