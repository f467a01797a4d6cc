import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { CREDENTIALS } from "../../../lib/emulator/credentials.ts";
import { type Call, refusalOf, type Service } from "./calls.ts";
import { type FaultProxy, openFaultProxy, type Strike } from "./fault-proxy.ts";

let upstream: Server;
let proxy: FaultProxy;
let strike: ((call: Call) => Strike | undefined) | undefined;
let asked: number;
let answered: PromiseWithResolvers<void>;
beforeAll(async () => {
  upstream = createServer((_, outgoing) => {
    asked += 1;
    outgoing.end("done", () => answered.resolve());
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const address = upstream.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  proxy = await openFaultProxy({
    upstream: `http://127.0.0.1:${address.port}`,
    strike: (call) => strike?.(call),
  });
});
beforeEach(() => {
  asked = 0;
  strike = undefined;
  answered = Promise.withResolvers();
});
afterAll(async () => {
  await proxy.close();
  upstream.closeAllConnections();
  upstream.close();
});

const broken = refusalOf("dynamodb", "broken");
const post = async (init: RequestInit = {}) => {
  const answer = await fetch(proxy.endpoint, { method: "POST", body: "{}", ...init });
  return { status: answer.status, text: await answer.text() };
};

it("A call that is not struck passes unchanged", async () => {
  expect(await post()).toEqual({ status: 200, text: "done" });
  expect(asked).toBe(1);
});

it("A refused call never reaches the service", async () => {
  strike = () => ({ kind: "refused", answer: broken });

  expect(await post()).toEqual({ status: 500, text: broken.body });
  expect(asked).toBe(0);
});

it("A call that is cut never reaches the service, and gets no answer", async () => {
  strike = () => ({ kind: "cut" });

  await expect(post()).rejects.toThrow();
  expect(asked).toBe(0);
});

it("A call that hangs never reaches the service, and hears nothing until its caller gives up", async () => {
  strike = () => ({ kind: "hangs", ms: 10_000 });

  await expect(post({ signal: AbortSignal.timeout(100) })).rejects.toThrow(/timeout/);
  expect(asked).toBe(0);
});

it("A call that hangs is cut in the end, for callers that do not give up", async () => {
  strike = () => ({ kind: "hangs", ms: 50 });

  await expect(post()).rejects.toThrow("fetch failed");
  expect(asked).toBe(0);
});

it("A lost answer leaves the work done", async () => {
  strike = () => ({ kind: "answer lost" });

  await expect(post()).rejects.toThrow();
  expect(asked).toBe(1);
});

it("A spoiled answer leaves the work done, and says that it failed", async () => {
  strike = () => ({ kind: "answer spoiled", answer: broken });

  expect(await post()).toEqual({ status: 500, text: broken.body });
  expect(asked).toBe(1);
});

it("A late call reaches the service although its caller has given up", async () => {
  const caller = new AbortController();
  strike = () => {
    // Not before the call has reached the proxy, however busy the machine is.
    caller.abort();
    return { kind: "late", ms: 100 };
  };

  await expect(post({ signal: caller.signal })).rejects.toThrow();
  await answered.promise;
  expect(asked).toBe(1);
});

const at = () => ({
  endpoint: proxy.endpoint,
  region: "eu-central-1",
  credentials: CREDENTIALS,
  maxAttempts: 1,
});
const mail = {
  FromEmailAddress: "a@example.com",
  Destination: { ToAddresses: ["b@example.com"] },
  Content: { Simple: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } } },
};
const CALLS: readonly (readonly [Service, string, () => Promise<unknown>, string, string])[] = [
  [
    "dynamodb",
    "ListTables",
    () => new DynamoDBClient(at()).send(new ListTablesCommand()),
    "InternalServerError",
    "ThrottlingException",
  ],
  [
    "sqs",
    "ListQueues",
    () => new SQSClient(at()).send(new ListQueuesCommand()),
    "InternalError",
    "RequestThrottled",
  ],
  [
    "sns",
    "Publish",
    () => new SNSClient(at()).send(new PublishCommand({ TopicArn: "arn:aws:sns:x", Message: "m" })),
    "InternalErrorException",
    "ThrottledException",
  ],
  [
    "ses",
    "SendEmail",
    () => new SESv2Client(at()).send(new SendEmailCommand(mail)),
    "InternalFailure",
    "TooManyRequestsException",
  ],
  [
    "s3",
    "GET",
    () => new S3Client({ ...at(), forcePathStyle: true }).send(new ListBucketsCommand()),
    "InternalError",
    "SlowDown",
  ],
];

it.each(CALLS)("The SDK of %s reads both kinds of error as what they stand for", async (...row) => {
  const [service, operation, call, whenBroken, whenThrottled] = row;
  const seen: Call[] = [];
  const refusing = (kind: "broken" | "throttled") => {
    strike = (one) => {
      seen.push(one);
      return { kind: "refused", answer: refusalOf(service, kind) };
    };
    return expect(call()).rejects;
  };

  await refusing("broken").toMatchObject({ name: whenBroken, $metadata: { httpStatusCode: 500 } });
  await refusing("throttled").toMatchObject({ name: whenThrottled });
  expect(seen).toEqual([
    { service, operation },
    { service, operation },
  ]);
});
