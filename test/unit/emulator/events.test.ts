import { describe, expect, test } from "vitest";
import { splitByBytes } from "../../../lib/emulator/event-sources/event-size.ts";
import { toSqsRecord } from "../../../lib/emulator/event-sources/sqs-event.ts";
import { toDestinationObject } from "../../../lib/emulator/event-sources/stream-destination.ts";
import { NOW_SECONDS, record, threw } from "./records.ts";

// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
test("a record of a queue's event has Lambda's format", () => {
  const attributes = {
    ApproximateReceiveCount: "2",
    SentTimestamp: "1545082649183",
    SenderId: "AIDAIENQZJOLO23YVJ4VO",
    ApproximateFirstReceiveTimestamp: "1545082649185",
  };

  const received = toSqsRecord(
    {
      MessageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
      ReceiptHandle: "AQEB",
      Body: "Test message.",
      MD5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
      MD5OfMessageAttributes: "0de0eb72faec2410a9a8f95bff46dc2f",
      Attributes: attributes,
      MessageAttributes: {
        type: { DataType: "String", StringValue: "order.created" },
        raw: { DataType: "Binary", BinaryValue: "aGk=" },
      },
    },
    "arn:aws:sqs:eu-central-1:000000000000:created",
    "eu-central-1",
  );

  expect(received).toEqual({
    messageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
    receiptHandle: "AQEB",
    body: "Test message.",
    attributes,
    messageAttributes: {
      type: {
        stringValue: "order.created",
        stringListValues: [],
        binaryListValues: [],
        dataType: "String",
      },
      raw: { binaryValue: "aGk=", stringListValues: [], binaryListValues: [], dataType: "Binary" },
    },
    md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
    md5OfMessageAttributes: "0de0eb72faec2410a9a8f95bff46dc2f",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:created",
    awsRegion: "eu-central-1",
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
test("a given-up batch is written to S3 under the mapping, the shard and the day, with its whole event", () => {
  const event = { Records: [record(4, NOW_SECONDS - 2), record(5, NOW_SECONDS - 1)] };

  const { key, body } = toDestinationObject({
    mappingId: "m-1",
    functionArn: "arn:aws:lambda:eu-central-1:000000000000:function:publish-events",
    streamArn: "arn:stream",
    shardId: "shardId-1",
    condition: "RetryAttemptsExhausted",
    invokeCount: 3,
    lastResult: threw,
    event,
    at: new Date("2027-01-15T08:00:09.500Z"),
  });

  expect(key).toMatch(/^aws\/lambda\/m-1\/shardId-1\/2027\/01\/15\/2027-01-15T08\.00\.09-[0-9a-f-]{36}$/);
  const written = JSON.parse(body);
  expect(written).toMatchObject({
    requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 3 },
    responseContext: { statusCode: 200, functionError: "Unhandled" },
    version: "1.0",
    timestamp: "2027-01-15T08:00:09.500Z",
    DDBStreamBatchInfo: {
      shardId: "shardId-1",
      startSequenceNumber: "4",
      endSequenceNumber: "5",
      approximateArrivalOfFirstRecord: new Date((NOW_SECONDS - 2) * 1000).toISOString(),
      batchSize: 2,
      streamArn: "arn:stream",
    },
  });
  expect(JSON.parse(written.payload)).toEqual(event);
});

describe("records that do not fit one event of 6 MB", () => {
  const megabytes = (size: number) => size * 1024 * 1024;

  test("are split in their order", () => {
    expect(splitByBytes([1, 4, 2, 3, 3, 1], megabytes)).toEqual([
      [1, 4],
      [2, 3],
      [3, 1],
    ]);
  });

  test("are not refused where one alone is larger", () => {
    expect(splitByBytes([1, 7, 1], megabytes)).toEqual([[1], [7], [1]]);
  });

  test("are no event where there are none", () => {
    expect(splitByBytes([], megabytes)).toEqual([]);
  });
});
