import { describe, expect, test } from "vitest";
import { EXISTING } from "./existing-cluster.ts";
import { functionNamed } from "./grants.ts";
import { type Resource, type Synthesized, synthesized, target } from "./synthesized.ts";

const stacks = synthesized({ backbones: "queues,kafka", processing: "queues,kafka" });
const topicIds = stacks.resources("kafka", "AWS::MSK::Topic").map(({ id }) => id);

function mappingsOf(name: string, from: Synthesized = stacks): readonly Resource[] {
  const { id } = functionNamed(from, "kafka", name);
  return from
    .resources("kafka", "AWS::Lambda::EventSourceMapping")
    .filter(({ properties }) => properties.FunctionName.Ref === id);
}
function topicMapping(name: string, from: Synthesized = stacks): Resource {
  const [found] = mappingsOf(name, from);
  if (!found) throw new Error(`${name} reads nothing`);
  return found;
}

describe("the mapping of the topic", () => {
  const { properties } = topicMapping("order-events-kafka");

  test("[F2] is bounded by retries, age and bisection, and sends given-up records to the dead-letter topic", () => {
    expect(properties).toMatchObject({
      MaximumRetryAttempts: 10_000,
      MaximumRecordAgeInSeconds: 604_800,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      DestinationConfig: { OnFailure: { Destination: "kafka://order-events-dlt" } },
    });
  });

  test("[F2] has provisioned pollers, without which AWS retries for ever", () => {
    expect(properties.ProvisionedPollerConfig).toEqual({
      MinimumPollers: 1,
      MaximumPollers: 3,
      PollerGroupName: "order-events-dev",
    });
  });

  test("reads from the beginning, in the group of the project, batches of the settings' size", () => {
    expect(properties).toMatchObject({
      Topics: ["order-events"],
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "order-processing-group" },
      StartingPosition: "TRIM_HORIZON",
      BatchSize: 100,
      Enabled: true,
    });
    const other = {
      backbones: "queues,kafka",
      kafkaBatchSize: 7,
      kafkaPollers: 1,
      kafkaRetries: 9,
      batchWindowSeconds: 2,
    };
    expect(topicMapping("order-events-kafka", synthesized(other)).properties).toMatchObject({
      BatchSize: 7,
      MaximumRetryAttempts: 9,
      MaximumBatchingWindowInSeconds: 2,
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 1 },
    });
  });

  test.each([
    ["a day", 24, 86_400],
    ["a week, Lambda's longest", 168, 604_800],
    ["a year", 8_760, 604_800],
  ])(
    "delivers every record of the topic after a pause, with a retention of %s",
    (_, kafkaRetentionHours, seconds) => {
      const { properties } = topicMapping(
        "order-events-kafka",
        synthesized({ backbones: "queues,kafka", kafkaRetentionHours }),
      );

      expect(properties.MaximumRecordAgeInSeconds).toBe(seconds);
    },
  );

  test("the consumer stores the error of a failure well before the mapping gives up the record for its age", () => {
    const least = synthesized({ backbones: "queues,kafka", kafkaRetentionHours: 1 });
    const { Variables } = functionNamed(least, "kafka", "order-events-kafka").properties.Environment;

    const { MaximumRecordAgeInSeconds } = topicMapping("order-events-kafka", least).properties;

    expect(Number(Variables.MAY_BE_LAST_AFTER_SECONDS)).toBeLessThanOrEqual(MaximumRecordAgeInSeconds / 2);
  });

  test.each(["order-events-kafka", "kafka-dead-letters"])(
    "of %s is created after the topics and the permissions of its function",
    (name) => {
      const waitsFor = topicMapping(name).dependsOn;

      expect(waitsFor).toEqual(expect.arrayContaining(topicIds));
      expect(waitsFor.some((id) => id.includes("RoleDefaultPolicy"))).toBe(true);
    },
  );
});

describe("the mapping of the dead-letter topic", () => {
  const { properties } = topicMapping("kafka-dead-letters");

  test("[F12] retries for ever, so that a record that cannot be parked stays in the topic", () => {
    expect(properties.MaximumRetryAttempts).toBeUndefined();
    expect(properties.MaximumRecordAgeInSeconds).toBeUndefined();
    expect(properties.DestinationConfig).toBeUndefined();
    expect(properties.FunctionResponseTypes).toBeUndefined();
    expect(properties.Topics).toEqual(["order-events-dlt"]);
  });

  test("shares the pollers and the price of the other mapping", () => {
    expect(properties.ProvisionedPollerConfig).toEqual({
      MinimumPollers: 1,
      MaximumPollers: 1,
      PollerGroupName: topicMapping("order-events-kafka").properties.ProvisionedPollerConfig.PollerGroupName,
    });
  });

  test("has its own group, because two functions in one group would share the records", () => {
    expect(properties.AmazonManagedKafkaEventSourceConfig.ConsumerGroupId).not.toBe("order-processing-group");
  });

  test("is always enabled, because given-up records are parked in any case", () => {
    for (const processing of ["queues", "queues,kafka", "kafka"])
      expect(
        topicMapping("kafka-dead-letters", synthesized({ backbones: "queues,kafka", processing })).properties
          .Enabled,
      ).not.toBe(false);
  });
});

describe("the mappings of the publisher", () => {
  const [stream, queue] = mappingsOf("publish-to-kafka");

  test("A16: read the stream like the other publisher, bounded and from the beginning", () => {
    expect(stream?.properties).toMatchObject({
      StartingPosition: "TRIM_HORIZON",
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 3_600,
      MaximumRetryAttempts: 100,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    expect(target(stream?.properties.DestinationConfig.OnFailure.Destination)).toContain("CrashedBatches");
    expect(JSON.parse(stream?.properties.FilterCriteria.Filters[0].Pattern)).toEqual({
      eventName: ["INSERT", "MODIFY"],
    });
  });

  test("B8: read the queue of redriven events, whose messages stay invisible for six time-outs", () => {
    const queues = stacks.resources("kafka", "AWS::SQS::Queue");
    const source = queues.find(({ id }) => target(queue?.properties.EventSourceArn).includes(`"${id}"`));
    const { Timeout } = functionNamed(stacks, "kafka", "publish-to-kafka").properties;

    expect(source?.properties.QueueName).toBe("order-events-dev-publish-to-kafka");
    expect(source?.properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
    expect(source?.properties.RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5);
    expect(queue?.properties.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
    expect(queue?.properties.ScalingConfig.MaximumConcurrency).toBe(2);
  });

  test("are created after the topics, because earlier events could not be written", () => {
    for (const mapping of [stream, queue])
      expect(mapping?.dependsOn).toEqual(expect.arrayContaining([...topicIds]));
  });

  test("the queue has no subscription, and its dead-letter queue has a longer retention", () => {
    const queues = stacks.resources("kafka", "AWS::SQS::Queue").map(({ properties }) => properties);
    const [source, dead] = ["", "-dlq"].map((suffix) =>
      queues.find(({ QueueName }) => QueueName === `order-events-dev-publish-to-kafka${suffix}`),
    );

    expect(queues).toHaveLength(2);
    expect(dead.MessageRetentionPeriod).toBeGreaterThan(source.MessageRetentionPeriod);
    expect(stacks.resources("kafka", "AWS::SNS::Subscription")).toEqual([]);
  });
});

test.each([{}, EXISTING])(
  "only the consumer's mapping says whether it is on: by the setting processing",
  (cluster) => {
    const enabled = (processing: string) =>
      synthesized({ backbones: "queues,kafka", processing, ...cluster })
        .resources("kafka", "AWS::Lambda::EventSourceMapping")
        .flatMap(({ properties }) => properties.Enabled ?? []);

    expect(enabled("queues,kafka")).toEqual([true]);
    expect(enabled("queues")).toEqual([false]);
  },
);
