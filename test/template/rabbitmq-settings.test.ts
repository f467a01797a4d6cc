import { describe, expect, test } from "vitest";
import { readSettings } from "../../lib/config.ts";
import { describeIdleCost, rabbitIdleCost } from "../../lib/settings/broker-price.ts";
import { BROKER } from "./existing-broker.ts";

const read = (context: Record<string, unknown>) => readSettings({ backbones: "queues,rabbitmq", ...context });

describe("settings of RabbitMQ", () => {
  test("leave it off by default, with the guide's values", () => {
    expect(readSettings({})).toMatchObject({
      backbones: ["queues"],
      rabbitmqCluster: false,
      rabbitmqInstance: "mq.m7g.medium",
      rabbitmqMessageTtlSeconds: 60,
      rabbitmqQueueLength: 10_000,
      rabbitmqRetryDelaysSeconds: [5, 30, 120],
    });
  });

  test.each([
    ["rabbitmqInstance", "mq.t3.micro", /one of mq.m7g.medium, /],
    ["rabbitmqBatchSize", "0", /minimum 1, maximum 1000/],
    ["rabbitmqMessageTtlSeconds", "0", /minimum 1/],
    ["rabbitmqQueueLength", "0", /minimum 1/],
    ["rabbitmqRetryDelaysSeconds", "5,30", /3 comma-separated whole numbers/],
    ["rabbitmqVhost", "a/b", /\/, or 1 to 100 letters/],
    ["rabbitmqBrokerArn", "arn:aws:kafka:us-east-1:123456789012:cluster/a", /broker of Amazon MQ/],
    ["rabbitmqHost", "https://b-1.mq.us-east-1.on.aws", /host of an endpoint/],
    ["rabbitmqSecretArn", "shop", /ARN of a secret/],
  ])("refuse %s = %j and print what is allowed", (name, value, message) => {
    expect(() => read({ [name]: value })).toThrow(message);
  });

  test("refuse two equal delays, because each has a queue of its own", () => {
    expect(() => read({ rabbitmqRetryDelaysSeconds: "5,5,30" })).toThrow(/different delays/);
  });

  test("refuse backbones without queues, because mails come from theirs", () => {
    expect(() => readSettings({ backbones: "rabbitmq" })).toThrow(/list with "queues"/);
  });

  test("refuse to process by RabbitMQ without it", () => {
    expect(() => readSettings({ processing: "rabbitmq" })).toThrow(
      /"processing" names "rabbitmq".*-c backbones=queues,rabbitmq/,
    );
  });

  test("refuse to process by nothing", () => {
    expect(() => readSettings({ processing: "" })).toThrow(/one backbone at least/);
  });

  test.each(Object.keys(BROKER))("refuse an existing broker without %s, and name what is missing", (name) => {
    expect(() => read({ ...BROKER, [name]: "" })).toThrow(new RegExp(`without ${name}\\.`));
    expect(read(BROKER)).toMatchObject({ rabbitmqBrokerArn: BROKER.rabbitmqBrokerArn });
  });

  test.each([
    [{}, /RabbitMQ costs at least \$\d+ a month.*1 broker mq.m7g.medium.*the broker.s price is an estimate/],
    [{ rabbitmqCluster: true }, /3 broker mq.m7g.medium/],
  ])("with %o print the monthly floor", (context, text) => {
    expect(describeIdleCost(read(context))).toMatch(text);
  });

  test("an existing broker costs its owner, not the stage", () => {
    expect(rabbitIdleCost(read(BROKER))).toEqual([]);
    expect(describeIdleCost(readSettings({}))).toBe("");
  });
});
