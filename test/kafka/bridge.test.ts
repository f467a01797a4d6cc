import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KAFKA } from "../../functions/contract/broker-names.ts";
import { type KafkaBridge, startKafkaBridge } from "../../lib/emulator/kafka/bridge/kafka-bridge.ts";
import { synthesize } from "../../lib/emulator/order-events/synth.ts";
import { ROOT } from "../e2e/emulator-target.ts";
import { untilTrue } from "../e2e/until.ts";
import { emulatorSettings } from "../emulators/aws-emulator.ts";
import { EMULATED } from "../emulators/emulator-names.ts";
import { startTestBroker, type TestBroker } from "../fixtures/kafka-broker.ts";

/** The next responses of the service; `gone` ends the connection. After the last one: success. */
type Reply = number | "gone" | "thrown";

const REPLIES: Reply[] = [];
const ACKNOWLEDGED = JSON.stringify({ batchItemFailures: [] });
const THROWN = JSON.stringify({ errorType: "Error", errorMessage: "thrown" });
/** Each invocation: the function's path and its values. */
const invoked: { path: string; values: string[] }[] = [];
const printed: string[] = [];

/** One retry gives the record up. */
const ONE_RETRY = { kafkaRetries: "1", kafkaMayBeLastAfterSeconds: "10" };

let broker: TestBroker;
let lambda: Server;
let bridge: KafkaBridge;
beforeAll(async () => {
  broker = await startTestBroker();
  for (const name of [EMULATED.topic, EMULATED.deadLetterTopic])
    await broker.topic(name, KAFKA.minimumPartitions);
  lambda = createServer(async (request, response) => {
    const chunks: Buffer[] = await request.toArray();
    invoked.push({ path: String(request.url), values: valuesOf(Buffer.concat(chunks).toString()) });
    const reply = REPLIES.shift() ?? 200;
    if (reply === "gone") request.socket.destroy();
    else if (reply === "thrown") response.writeHead(200, { "X-Amz-Function-Error": "Unhandled" }).end(THROWN);
    else response.writeHead(reply).end(reply === 200 ? ACKNOWLEDGED : "{}");
  }).listen(0, "127.0.0.1");
  await once(lambda, "listening");
  const address = lambda.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { brokers } = broker.kafka;
  const kafka = { fromFunctions: brokers, fromHere: brokers };
  bridge = await startKafkaBridge({
    assembly: (await synthesize(ROOT, { ...emulatorSettings({ hasMail: true, kafka }), ...ONE_RETRY }))
      .directory,
    origin: `http://127.0.0.1:${port}`,
    send: fetch,
    region: "us-east-1",
    brokers,
    onLine: ({ text }) => printed.push(text),
  });
});
afterAll(async () => {
  await bridge.stop();
  lambda.close();
  await broker.close();
});

interface KafkaEvent {
  readonly records: Readonly<Record<string, readonly { readonly value: string }[]>>;
}
const valuesOf = (body: string) =>
  Object.values((JSON.parse(body) as KafkaEvent).records)
    .flat()
    .map(({ value }) => Buffer.from(value, "base64").toString());

const invocationsOf = (value: string, name = "order-events-kafka") =>
  invoked.filter(
    ({ path, values }) => path.includes(`order-events-local-${name}/`) && values.includes(value),
  );

const committed = () =>
  untilTrue("the group has committed the topic", () =>
    broker.isAcknowledged(EMULATED.group, EMULATED.topic, KAFKA.minimumPartitions),
  );

test("the mappings of the assembly are read with their functions", () => {
  expect(bridge.mappings).toEqual([
    `${EMULATED.topic} → order-events-kafka`,
    `${EMULATED.deadLetterTopic} → kafka-dead-letters`,
  ]);
});

test("a throttled, failing or unreachable service is called until it responds, without using a retry", async () => {
  REPLIES.push(429, 503, "gone", 429);

  await broker.send({ topic: EMULATED.topic, key: "a", value: "clientConfig" });
  await untilTrue("the fifth invocation", async () => invocationsOf("clientConfig").length === 5);
  await committed();

  expect(await broker.records(EMULATED.deadLetterTopic)).toEqual([]);
  expect(printed).toContain("order-events-kafka is throttled (429)");
});

test("an error of the function uses a retry, and the record goes to the dead-letter topic's function", async () => {
  REPLIES.push("thrown", "thrown");

  await broker.send({ topic: EMULATED.topic, key: "a", value: "poison" });
  await committed();

  expect(invocationsOf("poison")).toHaveLength(2);
  await untilTrue("the topic of what was given up is read", async () =>
    invoked.some(({ path }) => path.includes("order-events-local-kafka-dead-letters/")),
  );
  const [record, ...more] = await broker.records(EMULATED.deadLetterTopic);
  expect(more).toEqual([]);
  expect(JSON.parse(record?.value ?? "{}")).toMatchObject({
    requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 2 },
  });
});
