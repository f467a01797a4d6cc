import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CLIENT_TIMEOUTS, type ClientTimeouts } from "../../functions/adapters/client-timeouts.ts";
import { cloudWatchBacklog, cloudWatchClient } from "../../functions/adapters/cloudwatch-backlog.ts";
import { dynamoDbClient } from "../../functions/adapters/dynamodb-client.ts";
import { s3Client, s3CrashedBatches } from "../../functions/adapters/s3-crashed-batches.ts";
import { MAIL_TIMEOUTS, sesMailer } from "../../functions/adapters/ses-mailer.ts";
import { snsClient, snsPublisher } from "../../functions/adapters/sns-publisher.ts";
import { sqsClientQueues } from "../../functions/adapters/sqs-client.ts";
import { systemClock } from "../../functions/middleware/clock.ts";
import { readSettings } from "../../lib/config.ts";
import { API_TIMEOUT_SECONDS } from "../../lib/stacks/service-stack.ts";
import { created, NOW, order } from "../fixtures/events.ts";
import { pointSdkAt } from "./services.ts";

const SHORT: ClientTimeouts = { attempts: 3, replyMs: 100 };
const event = created(order("1"));
const TOPIC = "arn:aws:sns:eu-central-1:000000000000:order-events";

/** The response of the service. */
let reply: string;
const sockets = new Set<Socket>();
let server: Server;
let queueUrl: string;

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => socket.write(reply));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  pointSdkAt(endpoint);
  queueUrl = `${endpoint}/000000000000/queue`;
});
beforeEach(() => {
  reply = "";
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const lost = (attempts: number) => ({ name: "TimeoutError", $metadata: { attempts } });
const CALLS: readonly (readonly [string, () => Promise<unknown>, object])[] = [
  [
    "DynamoDB",
    () => dynamoDbClient(SHORT).send(new GetItemCommand({ TableName: "t", Key: { id: { S: "1" } } })),
    lost(3),
  ],
  [
    "SNS",
    () => snsPublisher(snsClient(SHORT), TOPIC, systemClock).publish([{ event }]),
    [{ kind: "refused", permanent: false, error: lost(3) }],
  ],
  ["SQS", () => sqsClientQueues(SHORT).backlog(queueUrl), lost(3)],
  ["S3", () => s3CrashedBatches(s3Client(SHORT), "bucket").list(1), lost(3)],
  [
    "CloudWatch",
    () => cloudWatchBacklog({ namespace: "n", name: "m", dimensions: {} }, cloudWatchClient(SHORT))(NOW),
    lost(3),
  ],
  // One attempt, because a second could be a second mail.
  [
    "SES",
    () =>
      sesMailer("orders@shop.example", undefined, { ...MAIL_TIMEOUTS, replyMs: SHORT.replyMs }).send({
        eventId: "e",
        to: "ada@example.com",
        subject: "s",
        text: "t",
      }),
    { kind: "unknown", error: lost(1) },
  ],
];

describe.each([
  ["does not respond", ""],
  ["starts a reply and never ends it", "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"],
])("a service that %s", (_, answer) => {
  test.each(CALLS)("%s ends at the client's timeout", async (_, call, outcome) => {
    reply = answer;

    expect(await call().catch((error: unknown) => error)).toMatchObject(outcome);
  });
});

test("A9: events without a reply of SNS are refused while there is time left to park them", {
  retry: 5,
}, async () => {
  const publisher = snsPublisher(snsClient({ attempts: 3, replyMs: 60_000 }), TOPIC, systemClock);
  const deadline = systemClock.now() + 1_200;

  const [answer] = await publisher.publish([{ event }], deadline);

  expect(answer).toMatchObject({
    kind: "refused",
    permanent: false,
    error: { message: "SNS did not reply by the deadline." },
  });
  expect(deadline - systemClock.now()).toBeGreaterThan(500);
});

test("a call to a silent service ends before the time-out of any function, and on the emulator is retried", () => {
  /** Upper bound of the SDK's pauses between attempts. */
  const pausesMs = 500;
  const longestMs = CLIENT_TIMEOUTS.attempts * CLIENT_TIMEOUTS.replyMs + pausesMs;
  const secondAttemptMs = 2 * CLIENT_TIMEOUTS.replyMs + pausesMs;

  expect(longestMs).toBeLessThan(API_TIMEOUT_SECONDS * 1_000);
  expect(2 * longestMs).toBeLessThan(readSettings({}).consumerTimeoutSeconds * 1_000);
  expect(secondAttemptMs).toBeLessThan(readSettings({ stage: "local" }).consumerTimeoutSeconds * 1_000);
});
