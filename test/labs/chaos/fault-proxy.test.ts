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
import { type Fault, type FaultProxy, openFaultProxy } from "./fault-proxy.ts";

let upstream: Server;
let proxy: FaultProxy;
let fault: ((call: Call) => Fault | undefined) | undefined;
let requests: number;
let answered: PromiseWithResolvers<void>;
beforeAll(async () => {
  upstream = createServer((_, outgoing) => {
    requests += 1;
    outgoing.end("done", () => answered.resolve());
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const address = upstream.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  proxy = await openFaultProxy({
    upstream: `http://127.0.0.1:${address.port}`,
    fault: (call) => fault?.(call),
  });
});
beforeEach(() => {
  requests = 0;
  fault = undefined;
  answered = Promise.withResolvers();
});
afterAll(async () => {
  await proxy.close();
  upstream.closeAllConnections();
  upstream.close();
});

const broken = refusalOf("dynamodb", "broken");
const post = async (init: RequestInit = {}) => {
  const response = await fetch(proxy.endpoint, { method: "POST", body: "{}", ...init });
  return { status: response.status, text: await response.text() };
};

it("A call without a fault passes unchanged", async () => {
  expect(await post()).toEqual({ status: 200, text: "done" });
  expect(requests).toBe(1);
});

it("A refused call never reaches the service", async () => {
  fault = () => ({ kind: "refused", response: broken });

  expect(await post()).toEqual({ status: 500, text: broken.body });
  expect(requests).toBe(0);
});

it("A cut call never reaches the service and gets no response", async () => {
  fault = () => ({ kind: "cut" });

  await expect(post()).rejects.toThrow();
  expect(requests).toBe(0);
});

it("A hanging call never reaches the service and gets no response until its caller gives up", async () => {
  fault = () => ({ kind: "hangs", ms: 10_000 });

  await expect(post({ signal: AbortSignal.timeout(100) })).rejects.toThrow(/timeout/);
  expect(requests).toBe(0);
});

it("A hanging call is cut eventually for callers that do not give up", async () => {
  fault = () => ({ kind: "hangs", ms: 50 });

  await expect(post()).rejects.toThrow("fetch failed");
  expect(requests).toBe(0);
});

it("A lost response leaves the work done", async () => {
  fault = () => ({ kind: "response lost" });

  await expect(post()).rejects.toThrow();
  expect(requests).toBe(1);
});

it("A replaced response leaves the work done and reports a failure", async () => {
  fault = () => ({ kind: "response replaced", response: broken });

  expect(await post()).toEqual({ status: 500, text: broken.body });
  expect(requests).toBe(1);
});

it("A late call reaches the service although its caller has given up", async () => {
  const caller = new AbortController();
  fault = () => {
    // Only once the call has reached the proxy, also on a busy machine.
    caller.abort();
    return { kind: "late", ms: 100 };
  };

  await expect(post({ signal: caller.signal })).rejects.toThrow();
  await answered.promise;
  expect(requests).toBe(1);
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

it.each(CALLS)("The SDK of %s classifies both kinds of error", async (...row) => {
  const [service, operation, call, whenBroken, whenThrottled] = row;
  const seen: Call[] = [];
  const refusing = (kind: "broken" | "throttled") => {
    fault = (one) => {
      seen.push(one);
      return { kind: "refused", response: refusalOf(service, kind) };
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
