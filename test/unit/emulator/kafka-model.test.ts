import { expect, test } from "vitest";
import type { StackTemplate } from "../../../lib/emulator/assembly/read-assembly.ts";
import { kafkaMapping, readKafkaTopics } from "../../../lib/emulator/assembly/read-kafka.ts";
import { resolveAssembly } from "../../../lib/emulator/assembly/resolve-assembly.ts";

const place = { region: "eu-central-1", sqs: "http://127.0.0.1:1", brokers: "127.0.0.1:9092" };

const assemblyOf = (resources: Readonly<Record<string, { Type: string; Properties: object }>>) => {
  const stack: StackTemplate = {
    name: "tiny-local-kafka",
    path: "tiny-local-kafka",
    resources: Object.entries(resources).map(([logicalId, { Type: type, Properties: properties }]) => ({
      stack: "tiny-local-kafka",
      logicalId,
      type,
      properties: { ...properties },
      path: `tiny-local-kafka/${logicalId}`,
      shortPath: logicalId,
    })),
    outputs: { Brokers: { Value: { "Fn::GetAtt": ["Brokers", "Brokers"] } } },
    parameters: {},
    conditions: {},
    mappings: {},
    assets: new Map(),
  };
  return resolveAssembly([stack], place);
};

const brokers = { Type: "Custom::KafkaBrokers", Properties: { ServiceToken: "arn" } };

test("the deployment's custom resource for brokers returns the brokers of the emulator", () => {
  const { outputs } = assemblyOf({ Brokers: brokers });

  expect(outputs).toEqual({ "tiny-local-kafka.Brokers": "127.0.0.1:9092" });
});

test("topics have the template's partitions and its decoded settings", () => {
  const configs = Buffer.from("cleanup.policy=delete\nretention.ms=60000").toString("base64");
  const assembly = assemblyOf({
    Brokers: brokers,
    Topic: {
      Type: "AWS::MSK::Topic",
      Properties: { TopicName: "things", PartitionCount: 3, ReplicationFactor: 3, Configs: configs },
    },
  });

  const topics = readKafkaTopics(assembly);

  expect(topics).toEqual([
    { name: "things", partitions: 3, configs: { "cleanup.policy": "delete", "retention.ms": "60000" } },
  ]);
});

const mappingOf = (properties: object) => {
  const assembly = assemblyOf({
    Brokers: brokers,
    Mapping: { Type: "AWS::Lambda::EventSourceMapping", Properties: { Topics: ["things"], ...properties } },
  });
  const [resource] = assembly.ofType("AWS::Lambda::EventSourceMapping");
  if (resource === undefined) throw new Error("the assembly lost its mapping");
  return kafkaMapping(resource, "consume", "arn:aws:kafka:x");
};

test("a mapping on demand has one poller and retries without end", () => {
  const spec = mappingOf({});

  expect(spec).toMatchObject({
    topic: "things",
    batchSize: 100,
    maximumPollers: 1,
    maximumRetryAttempts: -1,
    maximumRecordAgeSeconds: -1,
    bisect: false,
    reportBatchItemFailures: false,
    enabled: true,
    startingPosition: "TRIM_HORIZON",
  });
  expect(spec).not.toHaveProperty("destinationTopic");
});

test("a mapping in provisioned mode has the bounds of the template", () => {
  const spec = mappingOf({
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "group" },
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 3 },
    BatchSize: 10,
    MaximumBatchingWindowInSeconds: 1,
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 5,
    MaximumRecordAgeInSeconds: 3600,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    DestinationConfig: { OnFailure: { Destination: "kafka://things-dlt" } },
    Enabled: false,
  });

  expect(spec).toMatchObject({
    consumerGroup: "group",
    batchSize: 10,
    windowSeconds: 1,
    maximumPollers: 3,
    bisect: true,
    maximumRetryAttempts: 5,
    maximumRecordAgeSeconds: 3600,
    reportBatchItemFailures: true,
    destinationTopic: "things-dlt",
    enabled: false,
  });
});

test.each([
  [
    "bounds outside of provisioned mode",
    { MaximumRetryAttempts: 3 },
    /supports MaximumRetryAttempts for topics in provisioned mode only/,
  ],
  [
    "a topic that is the destination of its own failures",
    { ProvisionedPollerConfig: {}, DestinationConfig: { OnFailure: { Destination: "kafka://things" } } },
    /destination of its own failures/,
  ],
  [
    "a destination that drops the records",
    { ProvisionedPollerConfig: {}, DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:x:y:z" } } },
    /writes failed records to a topic/,
  ],
  ["a filter", { FilterCriteria: { Filters: [] } }, /does not support filters/],
])("a mapping with %s is refused by name", (_name, properties, message) => {
  expect(() => mappingOf(properties)).toThrow(message);
});
