import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { requireBroker } from "../../../lib/emulator/kafka/broker/create-topics.ts";
import { explain } from "../../../lib/emulator/output/explain-error.ts";
import { requireAnswer } from "../../../lib/emulator/services/find-dynamodb.ts";
import { freePort } from "../../../lib/emulator/services/tied-process.ts";

const failureOf = (asked: Promise<void>) => asked.then(() => undefined, explain);

test("a DynamoDB that is named and does not answer is told in one line, with the variable that names it", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;

  const told = await failureOf(requireAnswer(url));

  expect(told).toMatch(
    /^Nothing answers at http.*DYNAMODB_ENDPOINT names \(.*ECONNREFUSED.*unset DYNAMODB_ENDPOINT/,
  );
  expect(told).not.toContain("\n");
});

test("any answer will do of a DynamoDB that is named: it refuses what is not signed", async () => {
  const server = createServer((_, answer) => answer.writeHead(400).end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  const told = await failureOf(requireAnswer(`http://127.0.0.1:${port}`));
  server.close();

  expect(told).toBeUndefined();
});

test.each(["a port that nobody listens on", "no address at all"])(
  "a broker that is named by %s is told in one line, with the variable that names it",
  async (what) => {
    const brokers = what.startsWith("a port") ? `127.0.0.1:${await freePort()}` : "nonsense";

    const told = await failureOf(requireBroker(brokers, 500));

    expect(told).toMatch(/^No broker answers at \S+, which KAFKA_BROKERS names\. .*unset KAFKA_BROKERS/);
    expect(told).not.toContain("\n");
  },
);
