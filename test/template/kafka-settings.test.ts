import { describe, expect, test } from "vitest";
import { readSettings } from "../../lib/config.ts";
import { describeIdleCost, kafkaIdleCost } from "../../lib/settings/broker-price.ts";
import { BROKER_INSTANCES } from "../../lib/settings/kafka-settings.ts";
import { SettingError } from "../../lib/settings/read-setting.ts";
import { EXISTING } from "./existing-cluster.ts";

const read = (context: Record<string, unknown>) => readSettings({ backbones: "queues,kafka", ...context });

describe("settings of Kafka", () => {
  test("disable it by default, with the smallest cluster that loses no record with one broker", () => {
    expect(readSettings({})).toMatchObject({
      backbones: ["queues"],
      processing: ["queues"],
      brokerCount: 3,
      brokerInstance: "kafka.t3.small",
      kafkaPartitions: 3,
      kafkaPollers: 3,
    });
  });

  test("are parsed from the text of the command line", () => {
    expect(read({ processing: "queues,kafka", kafkaPartitions: "6", ...EXISTING })).toMatchObject({
      backbones: ["queues", "kafka"],
      processing: ["queues", "kafka"],
      kafkaPartitions: 6,
      kafkaSubnets: EXISTING.kafkaSubnets.split(","),
    });
  });

  test.each([
    ["processing", "topics", /list out of queues, kafka, rabbitmq; received "topics"/],
    ["kafkaPartitions", "2", /minimum 3, maximum 100; received "2"/],
    ["kafkaPollers", "4", /minimum 1, maximum 3; received "4"/],
    ["kafkaPollers", "0", /minimum 1/],
    ["brokerCount", "1", /minimum 2, maximum 3; received "1"/],
    ["kafkaZones", "use1-az1", /comma-separated list of zone names \(us-east-1a\)/],
    ["brokerInstance", "kafka.t3.micro", /one of kafka.t3.small, /],
    ["brokerVolumeGb", "0", /minimum 1, maximum 16384/],
    ["kafkaRetentionHours", "0", /minimum 1/],
    ["kafkaRetries", "-1", /minimum 1, maximum 10000; received "-1"/],
    ["kafkaMayBeLastAfterSeconds", "3600", /minimum 0, maximum 3000; received "3600"/],
    ["kafkaBatchSize", "1001", /maximum 1000/],
    ["kafkaClusterArn", "shop", /ARN of a provisioned MSK cluster/],
    ["kafkaClusterArn", EXISTING.kafkaClusterArn.replace(/7$/, "s1"), /serverless/],
    ["kafkaSubnets", "10.0.0.0/24", /comma-separated list of subnet ids/],
    ["kafkaSecurityGroup", "default", /security group id/],
    ["backbones", "sqs", /list out of queues, kafka, rabbitmq; received "sqs"/],
  ])("refuse %s = %j and print what is allowed", (name, value, message) => {
    const refused = () => read({ ...EXISTING, [name]: value });

    expect(refused).toThrow(SettingError);
    expect(refused).toThrow(message);
  });

  test.each([
    ["fewer zones than brokers", { kafkaZones: "us-east-1a,us-east-1b" }],
    ["more zones than brokers", { kafkaZones: "us-east-1a,us-east-1b,us-east-1c", brokerCount: 2 }],
    ["a repeated zone", { kafkaZones: "us-east-1a,us-east-1b,us-east-1a" }],
  ])("refuse %s, and print the expected number", (_, context) => {
    expect(() => read(context)).toThrow(
      /"kafkaZones" takes [23] different zones, one a broker.*received us-east/,
    );
  });

  test("refuse zones of another region", () => {
    const context = { kafkaZones: "us-east-1a,us-east-1b", brokerCount: 2 };

    expect(() => read({ ...context, region: "eu-central-1" })).toThrow(
      /"kafkaZones".*of eu-central-1.*us-east-1a/,
    );
    expect(read({ ...context, region: "us-east-1" }).kafkaZones).toEqual(["us-east-1a", "us-east-1b"]);
  });

  test.each(["queues,kafka", "kafka"])("refuse to process by %s without Kafka", (processing) => {
    expect(() => readSettings({ processing })).toThrow(
      /"processing" names "kafka", which is not in "backbones" \(queues\).*-c backbones=queues,kafka/,
    );
  });

  test.each(Object.keys(EXISTING))(
    "refuse an existing cluster without %s, and name the missing settings",
    (name) => {
      expect(() => read({ ...EXISTING, [name]: "" })).toThrow(new RegExp(`without ${name}\\.`));
    },
  );

  test.each([
    ["dev", { kafkaRetries: 100, kafkaMayBeLastAfterSeconds: 1_800 }, /at least 180 here/],
    ["dev", { kafkaRetries: 5 }, /at least 6 here/],
    ["local", { kafkaRetries: 5 }, /at least 6 here/],
  ])(
    "of stage %s refuse %j, with which retries end before any attempt stores its error",
    (stage, given, why) => {
      expect(() => read({ stage, ...given })).toThrow(why);
      expect(() => readSettings({ stage, ...given })).not.toThrow();
    },
  );

  test("accept any number of retries where each failure stores its error", () => {
    expect(read({ kafkaRetries: 1, kafkaMayBeLastAfterSeconds: 0 }).kafkaRetries).toBe(1);
  });

  test("refuse a time-out that a Kafka event source mapping does not support", () => {
    const long = { consumerTimeoutSeconds: 841, returnWithinSeconds: 86_400 };

    expect(() => read(long)).toThrow(/minimum 3, maximum 840 with Kafka; received 841/);
    expect(readSettings(long).consumerTimeoutSeconds).toBe(841);
  });
});

describe("the idle cost of Kafka", () => {
  const sum = (context: Record<string, unknown>) =>
    kafkaIdleCost(readSettings(context)).reduce((total, { usd }) => total + usd, 0);

  test("J4: is zero by default, and not printed", () => {
    expect(sum({})).toBe(0);
    expect(describeIdleCost(readSettings({}))).toBe("");
  });

  test.each([
    [{ backbones: "queues,kafka" }, 3 * 0.0456 * 730 + 3 + 0.185 * 730],
    [{ backbones: "queues,kafka", brokerCount: 2 }, 2 * 0.0456 * 730 + 2 + 0.185 * 730],
    [
      { backbones: "queues,kafka", brokerInstance: "kafka.m7g.large", brokerVolumeGb: 100 },
      3 * 0.204 * 730 + 30 + 0.185 * 730,
    ],
    [{ backbones: "queues,kafka", ...EXISTING }, 0.185 * 730],
  ])("with %j is brokers, volumes and the unit of pollers", (context, usd) => {
    expect(sum(context)).toBeCloseTo(usd, 6);
  });

  test.each(BROKER_INSTANCES)("has a price for %s", (brokerInstance) => {
    expect(sum({ backbones: "queues,kafka", brokerInstance })).toBeGreaterThan(
      sum({ backbones: "queues,kafka", ...EXISTING }),
    );
  });

  test("is printed in one line before a deployment", () => {
    expect(describeIdleCost(readSettings({ backbones: "queues,kafka" }))).toMatch(
      /^Kafka costs at least \$238 a month without an order \(3 brokers kafka\.t3\.small \$100, 30 GB of volumes \$3, 1 event poller unit \$135; us-east-1\)\. By default it is off.*\n$/,
    );
  });
});
