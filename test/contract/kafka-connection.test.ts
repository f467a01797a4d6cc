import { describe, expect, test } from "vitest";
import { kafkaConnection } from "../../functions/adapters/kafka-connection.ts";
import { mskToken } from "../../functions/adapters/msk-token.ts";

describe("the connection that the environment describes", () => {
  test.each([
    ["localhost:9092", "plaintext", ["localhost:9092"]],
    ["127.0.0.1:19092, 127.0.0.2:19093", "plaintext", ["127.0.0.1:19092", "127.0.0.2:19093"]],
    ["[::1]:9092", "plaintext", ["[::1]:9092"]],
    [
      "b-1.orders.kafka.eu-central-1.amazonaws.com:9098",
      "iam",
      ["b-1.orders.kafka.eu-central-1.amazonaws.com:9098"],
    ],
  ])("%s by %s", (text, security, brokers) => {
    expect(kafkaConnection(text, security)).toEqual({ brokers, security });
  });

  test.each([
    ["", "iam", 'KAFKA_BROKERS must be host:port, comma-separated; received ""'],
    ["broker", "iam", 'received "broker"'],
    ["a:1,,b:2", "iam", 'received ""'],
    ["http://a:1", "iam", 'received "http://a:1"'],
    ["a:9098", "none", 'KAFKA_SECURITY must be iam or plaintext; received "none"'],
    ["broker.example:9092", "plaintext", "received broker.example:9092: use iam"],
    ["127.0.0.1:9092,10.0.0.1:9092", "plaintext", "received 10.0.0.1:9092: use iam"],
    ["127.0.0.1.example:9092", "plaintext", "use iam"],
  ])("%o by %s is refused", (text, security, why) => {
    expect(() => kafkaConnection(text, security)).toThrow(why);
  });
});

describe("a token for MSK", () => {
  const ENV = {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "session",
  };

  test("is a signed address of kafka-cluster:Connect in the function's region, good for 900 seconds", async () => {
    const url = new URL(Buffer.from(await mskToken(ENV), "base64url").toString());

    expect(url.host).toBe("kafka.eu-central-1.amazonaws.com");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: "kafka-cluster:Connect",
      "X-Amz-Expires": "900",
      "X-Amz-Credential": expect.stringContaining("AKIAEXAMPLE"),
      "X-Amz-Security-Token": "session",
    });
    expect(url.href).not.toContain("secret");
  });

  test.each(["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])("needs %s", async (name) => {
    await expect(mskToken({ ...ENV, [name]: "" })).rejects.toThrow(name);
  });
});
