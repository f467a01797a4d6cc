import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  deadLetterDecoder,
  deadLetterQueue,
  parseSources,
} from "../../../functions/failures/dead-letters/dead-letter-queue.ts";
import { retry } from "../../../functions/middleware/outcome.ts";
import { UnexpectedEvent } from "../../../functions/middleware/transport.ts";
import {
  dynamoDbStream,
  type StreamRecord,
} from "../../../functions/middleware/transports/dynamodb-stream.ts";
import { sqs } from "../../../functions/middleware/transports/sqs.ts";
import { memoryQueues } from "../../fakes/memory-queues.ts";
import { testConsumer } from "../../fakes/test-consumer.ts";
import { created, NOW, order } from "../../fixtures/events.ts";
import { context, sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

function streamRecord(SequenceNumber: string, changes: Partial<StreamRecord["dynamodb"]> = {}) {
  return {
    eventName: "INSERT" as const,
    eventSource: "aws:dynamodb",
    eventSourceARN: "arn:stream",
    dynamodb: {
      SequenceNumber,
      ApproximateCreationDateTime: NOW / 1_000,
      Keys: { orderId: { S: "1" } },
      ...changes,
    },
  };
}

describe.each([
  ["SQS", sqs({}), sqsRecord("x")],
  ["a dead-letter queue", deadLetterQueue(), sqsRecord("x")],
  ["a stream", dynamoDbStream(), streamRecord("1")],
] as const)("%s", (_, transport, good) => {
  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["text", "Records"],
    ["an object without Records", {}],
    ["Records that are not a list", { Records: {} }],
    ["a record that is null", { Records: [null] }],
    ["a record without a source", { Records: [{}] }],
    ["one foreign record among valid ones", { Records: [good, { ...good, eventSource: "aws:s3" }] }],
    ["the event of an API", { httpMethod: "POST", body: "{}" }],
  ])("fails closed on %s", (_name, event) => {
    expect(() => transport.read(event)).toThrow(UnexpectedEvent);
  });

  test("reads an event without records", () => {
    expect(transport.read({ Records: [] })).toEqual([]);
    expect(transport.response([], [])).toEqual({ batchItemFailures: [] });
  });
});

describe("SQS", () => {
  const transport = sqs({ maxReceiveCount: 5 });

  test.each([undefined, null, "", 7])(
    "C3: a record whose messageId is %o fails the whole batch",
    (messageId) => {
      expect(() => transport.read(sqsEvent(sqsRecord("a"), { ...sqsRecord("b"), messageId }))).toThrow(
        UnexpectedEvent,
      );
    },
  );

  test("K2: reads attributes of every type, and those of a redriven message", () => {
    const redriven = sqsRecord("x", { attributes: { type: "t", dlqRetryCount: "2" } });
    const binary = {
      ...sqsRecord("x"),
      messageAttributes: {
        b: { binaryValue: "AA==", dataType: "Binary.png" },
        c: { binaryValue: "AA==" },
        n: { stringValue: "1.0", dataType: "Number" },
        j: { stringValue: "{}", dataType: "String.json" },
        s: { stringValue: "1" },
        e: { stringValue: "", dataType: "String" },
        none: {},
      },
    };

    expect(transport.attributes(redriven)).toEqual({ type: "t", dlqRetryCount: "2" });
    expect(transport.attributes(binary)).toEqual({
      b: { type: "Binary.png", value: "AA==" },
      c: { type: "Binary", value: "AA==" },
      n: { type: "Number", value: "1.0" },
      j: { type: "String.json", value: "{}" },
      s: "1",
      e: "",
    });
    expect(transport.isRetriedOrRedriven(redriven)).toBe(true);
    expect(transport.isRetriedOrRedriven(sqsRecord("x", { attributes: { redriveId: "r" } }))).toBe(true);
    expect(transport.isRetriedOrRedriven(sqsRecord("x", { attributes: { type: "t" } }))).toBe(false);
  });

  test.each([
    [1, false],
    [4, false],
    [5, true],
    [9, true],
  ])("receive %i of 5 is the last: %s", (receiveCount, isLast) => {
    const record = sqsRecord("x", { receiveCount });

    expect([transport.attempt(record), transport.isLastAttempt(record)]).toEqual([receiveCount, isLast]);
    expect(sqs({}).isLastAttempt(record)).toBe(false);
  });

  test("E5: a receive count that is not a number is the first", () => {
    const record = sqsRecord("x");
    const garbage = { ...record, attributes: { ...record.attributes, ApproximateReceiveCount: "many" } };

    expect(transport.attempt(garbage)).toBe(1);
  });

  test.each([
    ["arn:aws:sqs:eu-central-1:0:q.fifo", "g", "g"],
    ["arn:aws:sqs:eu-central-1:0:q.fifo", undefined, undefined],
    ["arn:aws:sqs:eu-central-1:0:q", "g", undefined],
  ])("K9: a group makes a lane on a FIFO queue only: %s, group %s", (queueArn, groupId, lane) => {
    const record = sqsRecord("x", { queueArn, ...(groupId === undefined ? {} : { groupId }) });

    expect(transport.lane(record)).toBe(lane);
  });

  test("has the time and the source of a message", () => {
    const record = sqsRecord("x", { sentAt: 5, queueArn: "arn:q" });

    expect([transport.sentAt(record), transport.source(record), transport.body(record)]).toEqual([
      5,
      "arn:q",
      "x",
    ]);
  });

  test("negative-acknowledges 25 messages in calls of at most 10", async () => {
    const queues = memoryQueues();
    const calls: number[] = [];
    const counting = {
      ...queues,
      changeVisibility: (url: string, entries: Parameters<typeof queues.changeVisibility>[1]) => {
        calls.push(entries.length);
        return queues.changeVisibility(url, entries);
      },
    };
    const records = Array.from({ length: 25 }, (_, i) => sqsRecord("x", { messageId: String(i) }));

    await sqs({ backOff: { queues: counting, queueUrl: "u" } }).negativeAcknowledge?.(
      records.map((raw, seconds) => ({ raw, seconds })),
    );

    expect(calls).toEqual([10, 10, 5]);
    expect(queues.visibility.get("receipt-of-24")).toBe(24);
    expect(sqs({})).not.toHaveProperty("negativeAcknowledge");
  });
});

// https://github.com/localstack/localstack/issues/3956, https://github.com/bbc/sqs-consumer/issues/269
test.each([
  [43_200, 42_300],
  [Number.POSITIVE_INFINITY, 42_300],
  [1.5, 2],
  [-1, 0],
  [Number.NaN, 0],
])("K26: a message that asks to be invisible for %d seconds is so for %i", async (asked, seconds) => {
  const { queues, handler } = testConsumer({ one: async () => retry(new Error("later"), asked) });

  await handler(sqsEvent(sqsRecord(JSON.stringify(created(order("1"))))), context());

  expect([...queues.visibility.values()]).toEqual([seconds]);
});

describe("a stream", () => {
  const transport = dynamoDbStream();

  test("reports the lowest of the failed sequence numbers, as numbers of any length", () => {
    const numbers = fc.uniqueArray(fc.bigInt({ min: 1n, max: 10n ** 40n }), { minLength: 1, maxLength: 10 });

    fc.assert(
      fc.property(numbers, (all) => {
        const [lowest] = [...all].sort((a, b) => Number(a > b) - Number(a < b));
        expect(
          transport.response(
            [],
            all.map((n) => streamRecord(String(n))),
          ),
        ).toEqual({
          batchItemFailures: [{ itemIdentifier: String(lowest) }],
        });
      }),
    );
  });

  test.each([undefined, "", 5])(
    "C3: a record whose sequence number is %o fails the whole batch",
    (number) => {
      const record = streamRecord("1", { SequenceNumber: number as string });

      expect(() => transport.read({ Records: [record] })).toThrow(UnexpectedEvent);
      expect(() => transport.read({ Records: [{ eventSource: "aws:dynamodb" }] })).toThrow(UnexpectedEvent);
    },
  );

  test("keeps the order of an item; its records have no count of attempts and are never redriven", () => {
    const record = streamRecord("1", { NewImage: { a: { S: "b" } } });

    expect(transport.lane(record)).toBe(transport.lane(streamRecord("2")));
    expect(transport.lane(record)).not.toBe(
      transport.lane(streamRecord("1", { Keys: { orderId: { S: "2" } } })),
    );
    expect(transport.sentAt(record)).toBe(NOW);
    expect([
      transport.attempt(record),
      transport.isLastAttempt(record),
      transport.isRetriedOrRedriven(record),
    ]).toEqual([1, false, false]);
    expect([transport.body(record), transport.source(record)]).toEqual(['{"a":{"S":"b"}}', "arn:stream@1"]);
    expect(transport.body(streamRecord("1"))).toBe('{"orderId":{"S":"1"}}');
    expect(transport.attributes(record)).toEqual({});
  });
});

describe("a dead-letter queue", () => {
  const sources = [{ arn: "arn:dlq", consumer: "order-created", queueUrl: "http://source" }];
  const decode = deadLetterDecoder(sources);
  const event = created(order("1"));
  const attributes = { type: event.type, dlqRetryCount: "1" };

  test("forwarding a redriven message is not its effect", () => {
    expect(deadLetterQueue().isRetriedOrRedriven(sqsRecord(event, { attributes }))).toBe(false);
  });

  test("has the consumer and the queue of a message", () => {
    const record = sqsRecord(event, { queueArn: "arn:dlq", attributes, messageId: "m" });
    const known = { eventId: event.id, eventType: event.type, orderId: event.subject };
    const facts = {
      consumer: "order-created",
      source: "arn:dlq",
      body: JSON.stringify(event),
      attributes,
      ...known,
    };

    expect(decode(record)).toEqual({
      kind: "message",
      message: { facts, queueUrl: "http://source" },
      type: "order.created",
      lane: "m",
      eventId: event.id,
      facts,
    });
  });

  test("forwards malformed messages as well", () => {
    expect(decode(sqsRecord("{", { queueArn: "arn:dlq" }))).toMatchObject({
      kind: "message",
      type: "unknown",
      message: { facts: { body: "{" } },
    });
  });

  test("fails closed on an unknown queue", () => {
    expect(() => decode(sqsRecord(event, { queueArn: "arn:other" }))).toThrow(UnexpectedEvent);
  });

  test("does not start without its sources", () => {
    expect(parseSources(JSON.stringify(sources))).toEqual(sources);
    for (const text of ["", "{}", "[]", "null"]) expect(() => parseSources(text)).toThrow();
  });
});
