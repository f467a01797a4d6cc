import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { requireBroker } from "../../../lib/emulator/kafka/broker/create-topics.ts";
import { explain } from "../../../lib/emulator/output/explain-error.ts";
import { requireAnswer } from "../../../lib/emulator/services/find-dynamodb.ts";
import { freePort } from "../../../lib/emulator/services/free-port.ts";

const failureOf = (asked: Promise<void>) => asked.then(() => undefined, explain);

test("an unreachable DynamoDB is reported in one line with its variable", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;

  const message = await failureOf(requireAnswer(url));

  expect(message).toMatch(
    /^No response from http.*of DYNAMODB_ENDPOINT \(.*ECONNREFUSED.*unset DYNAMODB_ENDPOINT/,
  );
  expect(message).not.toContain("\n");
});

test("any response of DynamoDB is accepted, because it rejects unsigned requests", async () => {
  const server = createServer((_, answer) => answer.writeHead(400).end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  const message = await failureOf(requireAnswer(`http://127.0.0.1:${port}`));
  server.close();

  expect(message).toBeUndefined();
});

test.each(["a port without listener", "an invalid address"])(
  "a broker at %s is reported in one line with its variable",
  async (what) => {
    const brokers = what.startsWith("a port") ? `127.0.0.1:${await freePort()}` : "nonsense";

    const message = await failureOf(requireBroker(brokers, 500));

    expect(message).toMatch(/^No broker answers at \S+ of KAFKA_BROKERS\. .*unset KAFKA_BROKERS/);
    expect(message).not.toContain("\n");
  },
);
