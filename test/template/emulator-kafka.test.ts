import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { emulatorSettings } from "../emulators/aws-emulator.ts";
import { withoutMsk } from "../emulators/kafka-template.ts";
import { synthesized } from "./synthesized.ts";

const BROKERS = "kafka:19092";
const kafka = { fromFunctions: BROKERS, fromHere: "127.0.0.1:9092" };
const { orderEvents } = synthesized(emulatorSettings({ hasMail: true, kafka }));
if (orderEvents.kafka === undefined) throw new Error("The emulators' settings have no Kafka stack.");
const before = Template.fromStack(orderEvents.kafka).toJSON();
const { template, changes } = withoutMsk(before, BROKERS);
const resourcesOf = (from: object) =>
  Object.entries((from as { Resources: Record<string, { Type: string; Properties: object }> }).Resources);

describe("the Kafka stack for emulators", () => {
  test("has all resources except the look-up of brokers and the mappings of topics", () => {
    const kept = new Set(resourcesOf(template).map(([id]) => id));

    const gone = resourcesOf(before).filter(([id]) => !kept.has(id));

    expect(gone.map(([, { Type }]) => Type).sort()).toEqual([
      "AWS::Lambda::EventSourceMapping",
      "AWS::Lambda::EventSourceMapping",
      "Custom::KafkaBrokers",
    ]);
  });

  test("has no reference to a removed resource", () => {
    const kept = new Set(resourcesOf(template).map(([id]) => id));
    const gone = resourcesOf(before).flatMap(([id]) => (kept.has(id) ? [] : [`"${id}"`]));

    const text = JSON.stringify(template);

    expect(gone.filter((id) => text.includes(id))).toEqual([]);
  });

  test("writes to the broker without TLS, tokens and a network, and keeps the other variables", () => {
    const publisher = (from: object) =>
      resourcesOf(from).find(
        ([id, { Type }]) => Type === "AWS::Lambda::Function" && id.startsWith("publishtokafka"),
      )?.[1].Properties as { VpcConfig?: object; Environment: { Variables: Record<string, unknown> } };

    const { VpcConfig, Environment } = publisher(template);

    expect(VpcConfig).toBeUndefined();
    expect(Environment.Variables).toEqual({
      ...publisher(before).Environment.Variables,
      KAFKA_BROKERS: BROKERS,
      KAFKA_SECURITY: "plaintext",
    });
  });

  test("lists each change", () => {
    expect([...changes].sort()).toEqual([
      "Custom::KafkaBrokers is kafka:19092",
      "order-events-local-publish-to-kafka is in no network",
      "order-events-local-publish-to-kafka writes without TLS and tokens",
      "the event source mapping of topic local-order-events is run by the bridge",
      "the event source mapping of topic local-order-events-dlt is run by the bridge",
    ]);
  });

  test("has no resource of MSK, which both emulators refuse", () => {
    const types = resourcesOf(before).map(([, { Type }]) => Type);

    expect(types.filter((type) => /^AWS::(MSK|EC2)::/.test(type))).toEqual([]);
  });
});
