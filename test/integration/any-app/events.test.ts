import { join } from "node:path";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CREDENTIALS } from "../../../lib/emulator/credentials.ts";
import { type RunningApp, runApp } from "./run-app.ts";

const FOLDER = join(import.meta.dirname, "../../fixtures/apps/events");

let app: RunningApp;
let sns: SNSClient;
let sqs: SQSClient;
let db: DynamoDBClient;
beforeAll(async () => {
  app = await runApp(FOLDER);
  const { endpoints } = app;
  const client = { region: endpoints.region, credentials: CREDENTIALS };
  sns = new SNSClient({ ...client, endpoint: endpoints.sns });
  sqs = new SQSClient({ ...client, endpoint: endpoints.sqs });
  db = new DynamoDBClient({ ...client, endpoint: endpoints.dynamodb });
});
afterAll(async () => {
  for (const client of [sns, sqs, db]) client.destroy();
  await app.close();
});

/** The resource whose name begins so, without the hash of the CDK. */
const named = async (kind: "topics" | "queues" | "tables", id: string): Promise<string> => {
  const about = (await (await fetch(`${app.url}/_emulator`)).json()) as Record<
    typeof kind,
    readonly string[]
  >;
  const found = about[kind].find((name) => name.startsWith(`Events-${id}`));
  if (found === undefined) throw new Error(`no ${id} in ${about[kind]}`);
  return found;
};
const topicArn = async (id: string) =>
  `arn:aws:sns:${app.endpoints.region}:000000000000:${await named("topics", id)}`;
const queueUrl = async (id: string) => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: await named("queues", id) }));
  return QueueUrl ?? "";
};
const send = async (id: string, body: object) =>
  sqs.send(new SendMessageCommand({ QueueUrl: await queueUrl(id), MessageBody: JSON.stringify(body) }));
/** The body of the next message of a queue. */
const nextIn = async (id: string) => {
  const { Messages: [message] = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: await queueUrl(id), WaitTimeSeconds: 20 }),
  );
  return JSON.parse(message?.Body ?? "null");
};
const eventWith = async (source: string, text: string) => {
  const { line } = await app.lineWith(source, text);
  return (line as { readonly event: object }).event;
};

describe("an HTTP API", () => {
  test("invokes the function of a route with its parameters", async () => {
    const response = await fetch(`${app.url}/things/a%20b`);

    expect(await response.json()).toEqual({
      routeKey: "GET /things/{id}",
      pathParameters: { id: "a b" },
    });
  });

  test("has its own address, and that of a function's URL, in the variables of a function with a callback", async () => {
    const response = await fetch(`${app.url}/anything`);
    const { api, url } = (await response.json()) as { readonly api: string; readonly url: string };

    expect(app.apis.map((each) => each.url)).toEqual([api, url.replace(/\/$/, "")]);
    expect(await (await fetch(`${url}x`)).json()).toEqual({ routeKey: "$default" });
  });

  test.each([
    ["admits a page of its CORS configuration on this machine", "http://localhost:5173", 200],
    ["refuses any other page", "http://localhost:9999", 403],
    ["refuses a page of another site", "https://other.example", 403],
  ])("%s", async (_name, origin, status) => {
    const response = await fetch(`${app.url}/things/1`, { headers: { origin } });

    expect(response.status).toBe(status);
    expect(response.headers.get("access-control-allow-origin")).toBe(status === 200 ? origin : null);
  });

  test("does not admit that page to the control endpoint", async () => {
    const response = await fetch(`${app.url}/_emulator`, { headers: { origin: "http://localhost:5173" } });

    expect(response.status).toBe(403);
  });
});

describe("a topic", () => {
  const publish = async (kind: string, message: string) =>
    sns.send(
      new PublishCommand({
        TopicArn: await topicArn("News"),
        Message: message,
        Subject: "news",
        MessageAttributes: { kind: { DataType: "String", StringValue: kind } },
      }),
    );

  test("invokes a function with the messages that pass its filter", async () => {
    await publish("unwanted", "first");
    await publish("wanted", "second");

    expect(await eventWith("Notified", "second")).toMatchObject({
      Records: [
        {
          EventSource: "aws:sns",
          EventVersion: "1.0",
          Sns: {
            Type: "Notification",
            TopicArn: await topicArn("News"),
            Subject: "news",
            Message: "second",
            MessageAttributes: { kind: { Type: "String", Value: "wanted" } },
          },
        },
      ],
    });
    expect(
      app.lines.some(({ source, line }) => source === "Notified" && JSON.stringify(line).includes("first")),
    ).toBe(false);
  });

  test("leaves an event that its function does not take to the destination", async () => {
    await publish("wanted", "this fails");

    expect(await nextIn("Failures")).toMatchObject({
      requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 1 },
      requestPayload: { Records: [{ Sns: { Message: "this fails" } }] },
      responsePayload: { errorType: "Error", errorMessage: "told to fail" },
    });
  });

  test("of type FIFO feeds a FIFO queue in order, and drops duplicates", async () => {
    const TopicArn = await topicArn("Ordered");
    for (const Message of ["one", "two", "two", "three"])
      await sns.send(new PublishCommand({ TopicArn, Message, MessageGroupId: "lane" }));

    await app.lineWith("InOrder", "three");
    const bodies = app.lines
      .filter(({ source }) => source === "InOrder")
      .flatMap(({ line }) => {
        const { event } = line as {
          readonly event?: { readonly Records: readonly { readonly body: string }[] };
        };
        return event?.Records.map(({ body }) => body) ?? [];
      });
    expect(bodies).toEqual(["one", "two", "three"]);
  });
});

test("a queue with a filter invokes its function with what passes, and drops the rest", async () => {
  await send("Filtered", { kind: "unwanted", n: 1 });
  await send("Filtered", { kind: "wanted", n: 2 });

  await app.lineWith("Picky", '\\"n\\":2');
  const observed = async () =>
    (await (await fetch(`${app.url}/_emulator/queues`)).json()) as { name: string }[];
  const name = await named("queues", "Filtered");
  await expect
    .poll(async () => (await observed()).find((queue) => queue.name === name))
    .toMatchObject({ visible: 0, inFlight: 0 });
  expect(JSON.stringify(app.lines)).not.toContain('unwanted\\\\\\"');
});

test("a failed batch of a table stream is described in its queue", async () => {
  const TableName = await named("tables", "Items");
  await db.send(new PutItemCommand({ TableName, Item: { id: { S: "fails" } } }));

  expect(await nextIn("FailedBatches")).toMatchObject({
    requestContext: {
      condition: "RetryAttemptsExhausted",
      functionArn: expect.stringContaining(":function:Events-"),
    },
    DDBStreamBatchInfo: { batchSize: 1 },
  });
});

describe("a cron schedule", () => {
  const run = (name: string) =>
    fetch(`${app.url}/_emulator/schedules`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ run: name }),
    });

  test("can be run at once, and sends the event of EventBridge", async () => {
    expect((await run("every-night")).status).toBe(200);

    expect(await eventWith("Nightly", "Scheduled Event")).toMatchObject({
      source: "aws.events",
      resources: [`arn:aws:events:${app.endpoints.region}:000000000000:rule/every-night`],
    });
  });

  test("sends its input to a queue", async () => {
    await run("every-month");

    await app.lineWith("Picky", "month");
  });

  test("is refused by an unknown name, with those that are known", async () => {
    const response = await run("every-year");

    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ detail: expect.stringContaining("every-night, every-month") }),
    ]);
  });
});

test("a function calls another one, and gets an error that names a service that is not run", async () => {
  const response = await fetch(`${app.url}/chain`, { method: "POST" });

  expect(await response.json()).toEqual({
    next: { status: 200, body: {} },
    secret: {
      status: 400,
      body: expect.objectContaining({ message: expect.stringContaining("secretsmanager") }),
    },
  });
});

test("everything of this app is run", () => {
  expect(app.leftOut).toEqual([]);
});
