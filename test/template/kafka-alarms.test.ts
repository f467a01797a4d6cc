import { describe, expect, test } from "vitest";
import { KAFKA_FUNCTIONS } from "../../functions/contract/broker-names.ts";
import { EXISTING } from "./existing-cluster.ts";
import { type Synthesized, shortName, synthesized } from "./synthesized.ts";

const alarmsOf = (from: Synthesized) =>
  new Map(
    from
      .resources("monitoring", "AWS::CloudWatch::Alarm")
      .map(({ properties }) => [shortName(properties.AlarmName), properties]),
  );
const stacks = synthesized({ backbones: "queues,kafka" });
const without = alarmsOf(synthesized());
const alarms = new Map([...alarmsOf(stacks)].filter(([name]) => !without.has(name)));

describe("alarms of Kafka", () => {
  test("are listed besides the others, so that a removed one fails here", () => {
    expect([...alarms.keys()].sort()).toEqual(
      [
        ...["throttles", "function-errors"].flatMap((kind) => KAFKA_FUNCTIONS.map((of) => `${kind}-${of}`)),
        ...["iterator-age", "publishing-late", "message-age", "dead-lettered"].map(
          (kind) => `${kind}-publish-to-kafka`,
        ),
        ...["kafka-lag", "kafka-given-up", "kafka-offline", "kafka-publish-failed"],
        ...["1", "2", "3"].map((broker) => `kafka-disk-${broker}`),
      ].sort(),
    );
    expect(alarmsOf(stacks).size).toBe(without.size + alarms.size);
  });

  test.each([...alarms])("%s notifies the alarm topic and links its runbook", (name, alarm) => {
    const [topic] = stacks.resources("monitoring", "AWS::SNS::Topic");

    expect(alarm.AlarmActions).toEqual([{ Ref: topic?.id }]);
    expect(alarm.TreatMissingData).toBe("notBreaching");
    const [, kind] = /runbooks\.md#alarm-([a-z-]+)$/.exec(alarm.AlarmDescription) ?? [];
    expect(name.startsWith(String(kind)), `${name} ${kind}`).toBe(true);
  });

  test("on lag watch the consumer's group at its topic", () => {
    expect(alarms.get("kafka-lag")).toMatchObject({
      Namespace: "AWS/Kafka",
      MetricName: "SumOffsetLag",
      Threshold: 10_000,
      Statistic: "Maximum",
      Period: 60,
    });
    expect(dimensionsOf("kafka-lag")).toEqual({
      "Cluster Name": "order-events-dev-kafka",
      "Consumer Group": "order-processing-group",
      Topic: "order-events",
    });
  });

  test("watch the volume of each broker", () => {
    expect(alarms.get("kafka-disk-2")).toMatchObject({ MetricName: "KafkaDataLogsDiskUsed", Threshold: 80 });
    expect(dimensionsOf("kafka-disk-2")).toEqual({
      "Cluster Name": "order-events-dev-kafka",
      "Broker ID": "2",
    });
  });

  test("on given-up records count calls of the function that parks them", () => {
    expect(alarms.get("kafka-given-up")).toMatchObject({
      MetricName: "Invocations",
      Threshold: 0,
      Statistic: "Sum",
    });
    expect(dimensionsOf("kafka-given-up")).toEqual({ FunctionName: "order-events-dev-kafka-dead-letters" });
  });

  test("do not watch the brokers of an existing cluster, and watch the lag by its name", () => {
    const there = alarmsOf(synthesized({ backbones: "queues,kafka", ...EXISTING }));

    expect([...there.keys()].filter((name) => /kafka-(disk|offline)/.test(name))).toEqual([]);
    expect(JSON.stringify(there.get("kafka-lag")?.Dimensions)).toContain('"shop"');
  });

  test("watch only resources that exist in the stack", () => {
    const names = JSON.stringify(
      stacks
        .resources("kafka")
        .map(({ properties: { QueueName, FunctionName, ClusterName, TopicName } }) => [
          QueueName ?? FunctionName ?? ClusterName ?? TopicName,
        ]),
    );

    for (const name of alarms.keys())
      for (const [dimension, value] of Object.entries(dimensionsOf(name)))
        if (!["Broker ID", "Consumer Group", "service"].includes(dimension))
          expect(names, name).toContain(`"${value}"`);
  });
});

describe("the dashboard", () => {
  const body = (from: Synthesized) =>
    JSON.stringify(from.resources("monitoring", "AWS::CloudWatch::Dashboard")[0]?.properties.DashboardBody);

  test("shows the lag only with Kafka", () => {
    expect(body(stacks)).toContain("SumOffsetLag");
    expect(body(synthesized())).not.toContain("SumOffsetLag");
  });
});

function dimensionsOf(name: string): Record<string, string> {
  const dimensions: readonly { Name: string; Value: string }[] = alarms.get(name)?.Dimensions ?? [];
  return Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]));
}
