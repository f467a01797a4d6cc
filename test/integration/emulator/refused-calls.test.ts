import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { PublishBatchCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AwsCall, Refusal } from "../../../lib/emulator/calls/aws-call.ts";
import { createCallChecks } from "../../../lib/emulator/calls/call-checks.ts";
import { openDynamoDbProxy } from "../../../lib/emulator/faults/dynamodb-proxy.ts";
import { createFaults } from "../../../lib/emulator/faults/fault-switches.ts";
import { startCloudWatch } from "../../../lib/emulator/metrics/cloudwatch.ts";
import { createMetricStore } from "../../../lib/emulator/metrics/metric-store.ts";
import { openMailbox } from "../../../lib/emulator/services/mailbox.ts";
import { startMail } from "../../../lib/emulator/services/ses-endpoint.ts";
import { startMessaging } from "../../../lib/emulator/services/start-messaging.ts";

const region = "eu-central-1";
const credentials = { accessKeyId: "local-place-order", secretAccessKey: "local" };
const mailbox = openMailbox();
const calls = createCallChecks();
let seen: AwsCall[];
let ended: string[];
let refusal: Refusal;
const closers: (() => unknown)[] = [];
let send: Readonly<Record<string, () => Promise<unknown>>>;

beforeAll(async () => {
  calls.add((call) => {
    seen.push(call);
    call.onEnd(() => ended.push(call.operation));
    return refusal;
  });
  const messaging = await startMessaging({ region, calls });
  const mail = await startMail({ mailbox, clock: Date, fails: () => false, calls });
  const cloudWatch = await startCloudWatch(createMetricStore(Date), calls);
  // Nothing listens there: a refused call does not reach it.
  const upstream = "http://127.0.0.1:9";
  const dynamoDb = await openDynamoDbProxy({
    upstream,
    tables: [],
    faults: createFaults({ functions: [], tables: [] }),
    calls,
  });
  const common = { region, credentials, maxAttempts: 1 };
  const clients = {
    dynamodb: new DynamoDBClient({ ...common, endpoint: dynamoDb.endpoint }),
    sqs: new SQSClient({ ...common, endpoint: messaging.endpoint }),
    sns: new SNSClient({ ...common, endpoint: messaging.endpoint }),
    s3: new S3Client({ ...common, endpoint: messaging.endpoint, forcePathStyle: true }),
    ses: new SESv2Client({ ...common, endpoint: mail.endpoint }),
    cloudwatch: new CloudWatchClient({ ...common, endpoint: cloudWatch.endpoint }),
  };
  closers.push(...[messaging, mail, cloudWatch, dynamoDb].map((each) => each.close));
  closers.push(...Object.values(clients).map((client) => () => client.destroy()));
  const time = { StartTime: new Date(), EndTime: new Date() };
  const content = { Simple: { Subject: { Data: "" }, Body: { Text: { Data: "" } } } };
  const entry = { Id: "1", Message: "<x>" };
  send = {
    dynamodb: () =>
      clients.dynamodb.send(new PutItemCommand({ TableName: "orders", Item: { id: { S: "1" } } })),
    sqs: () =>
      clients.sqs.send(
        new SendMessageCommand({ QueueUrl: `${messaging.endpoint}/000000000000/jobs`, MessageBody: "x" }),
      ),
    sns: () =>
      clients.sns.send(
        new PublishBatchCommand({
          TopicArn: "arn:aws:sns:eu-central-1:000000000000:t",
          PublishBatchRequestEntries: [entry],
        }),
      ),
    s3: () => clients.s3.send(new GetObjectCommand({ Bucket: "b", Key: "a/ö 1" })),
    ses: () =>
      clients.ses.send(
        new SendEmailCommand({
          FromEmailAddress: "a@b.example",
          Destination: { ToAddresses: ["c@d.example"] },
          Content: content,
        }),
      ),
    cloudwatch: () => clients.cloudwatch.send(new GetMetricDataCommand({ ...time, MetricDataQueries: [] })),
    head: () => clients.s3.send(new HeadObjectCommand({ Bucket: "b", Key: "x" })),
  };
});
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});
beforeEach(() => {
  seen = [];
  ended = [];
});

describe("a refused call", () => {
  test.each([
    ["dynamodb", 400, "AccessDeniedException", "AccessDeniedException", "PutItem", { TableName: "orders" }],
    ["sqs", 403, "AccessDenied", "AccessDenied", "SendMessage", { MessageBody: "x" }],
    [
      "sns",
      403,
      "AuthorizationError",
      "AuthorizationErrorException",
      "PublishBatch",
      { TopicArn: expect.stringMatching(/:t$/) },
    ],
    ["s3", 403, "AccessDenied", "AccessDenied", "GetObject", { Bucket: "b", Key: "a/ö 1" }],
    [
      "ses",
      403,
      "AccessDeniedException",
      "AccessDeniedException",
      "SendEmail",
      { FromEmailAddress: "a@b.example" },
    ],
    ["cloudwatch", 403, "AccessDenied", "AccessDenied", "GetMetricData", {}],
  ] as const)(
    "of %s has the error of the service in its SDK",
    async (service, status, code, name, operation, input) => {
      refusal = { status, code, message: "User: <a> & b is not authorized" };

      const error = await send[service]?.().catch((each: unknown) => each);

      expect(error).toMatchObject({
        name,
        message: "User: <a> & b is not authorized",
        $metadata: { httpStatusCode: status },
      });
      expect(seen).toMatchObject([{ service, operation, accessKeyId: "local-place-order", input }]);
      await expect.poll(() => ended).toEqual([operation]);
      expect(mailbox.list()).toEqual([]);
    },
  );

  test("without a body in its answer has the status alone", async () => {
    refusal = { status: 403, code: "AccessDenied", message: "no" };

    await expect(send["head"]?.()).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });
});
