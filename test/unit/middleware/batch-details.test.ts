import { describe, expect, test } from "vitest";
import { METRICS } from "../../../functions/contract/names.ts";
import { DONE, type Outcome } from "../../../functions/middleware/outcome.ts";
import { dynamoDbStream } from "../../../functions/middleware/transports/dynamodb-stream.ts";
import { sqs } from "../../../functions/middleware/transports/sqs.ts";
import { checkEvent, parseText } from "../../../functions/orders/decode-event.ts";
import { reported, testConsumer } from "../../fakes/test-consumer.ts";
import { created, NOW, order } from "../../fixtures/events.ts";
import { context, sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

const good = (id: string) => sqsRecord(created(order(id)), { messageId: id });
const bad = (id: string, attributes = {}) => sqsRecord("{", { messageId: id, attributes });

describe("a malformed record", () => {
  test.each(["one", "many"] as const)("is parked beside its neighbours, handled as %s", async (mode) => {
    const seen: string[] = [];
    const { handler, failures, out } = testConsumer(
      mode === "one"
        ? {
            one: async (event) => {
              seen.push(event.subject);
              return DONE;
            },
          }
        : {
            many: async (events) => {
              seen.push(...events.map(({ subject }) => subject));
              return events.map(() => DONE);
            },
          },
    );

    const response = await handler(sqsEvent(good("1"), bad("2", { a: "b" }), good("3")), context());

    expect(response).toEqual(reported());
    expect(seen).toEqual([order("1").orderId, order("3").orderId]);
    expect(failures.notes.map(({ message }) => message)).toStrictEqual([
      {
        consumer: "test-consumer",
        source: "arn:aws:sqs:eu-central-1:000000000000:order-created",
        body: "{",
        attributes: { a: "b" },
      },
    ]);
    expect(out.lines()[1]).toStrictEqual({
      audit: "attempt",
      at: NOW,
      consumer: "test-consumer",
      type: "unknown",
      outcome: "park",
      why: "MALFORMED_JSON",
      attempt: 1,
      ms: 0,
    });
  });

  test("of an expired batch is malformed, and its neighbours are expired", async () => {
    let calls = 0;
    const { handler, clock, failures } = testConsumer(
      {
        many: async (events) => {
          calls += 1;
          return events.map(() => DONE);
        },
      },
      { settings: { maxAgeSeconds: 60 } },
    );
    clock.advance(60_001);

    await handler(sqsEvent(good("1"), bad("2")), context());

    expect(calls).toBe(0);
    expect(failures.notes.map(({ reason }) => reason).sort()).toEqual(["EXPIRED", "MALFORMED_JSON"]);
  });
});

test("a batch is parsed as a whole, and each record is decoded from its own parsed value", async () => {
  const steps: string[] = [];
  const { handler } = testConsumer(
    { many: async (events) => events.map(() => DONE) },
    {
      parse: ({ messageId, body }) => {
        steps.push(`parse ${messageId}`);
        return parseText(body);
      },
      decode: ({ messageId }, parsed) => {
        const content = checkEvent(parsed);
        steps.push(
          `decode ${messageId}: ${content.kind === "message" ? content.facts?.orderId : content.reason}`,
        );
        return content;
      },
    },
  );

  const response = await handler(sqsEvent(good("1"), bad("2"), good("3")), context());

  expect(response).toEqual(reported());
  expect(steps).toEqual([
    ...["parse 1", "parse 2", "parse 3"],
    `decode 1: ${order("1").orderId}`,
    "decode 2: MALFORMED_JSON",
    `decode 3: ${order("3").orderId}`,
  ]);
});

test("a handler without an outcome stores that as its last reason", async () => {
  const { handler, failures } = testConsumer({ one: async () => undefined as unknown as Outcome });

  await handler(sqsEvent(sqsRecord(created(order("1")), { receiveCount: 5 })), context());

  expect(failures.notes[0]?.error).toEqual(new Error("The handler returned no outcome for this record."));
});

test("only failed records are negative-acknowledged", async () => {
  const { handler, queues } = testConsumer({
    one: async ({ subject }) => (subject === order("2").orderId ? { kind: "retry", afterSeconds: 3 } : DONE),
  });

  await handler(sqsEvent(good("1"), good("2"), bad("3")), context());

  expect([...queues.visibility]).toEqual([["receipt-of-2", 3]]);
});

test("without a back-off of the transport a failure changes nothing", async () => {
  const { handler } = testConsumer({ one: async () => ({ kind: "retry" }) }, { transport: sqs({}) });

  expect(await handler(sqsEvent(good("1")), context())).toEqual(reported("1"));
});

test("no timer is left after a batch", async () => {
  const signals: AbortSignal[] = [];
  const { handler, clock } = testConsumer({ one: async () => ({ kind: "retry" }) });
  const { sleep } = clock;
  clock.sleep = (ms, signal) => {
    if (signal !== undefined) signals.push(signal);
    return sleep(ms, signal);
  };

  await handler(sqsEvent(good("1")), context());

  // One for the deadline, one for the negative acknowledgement.
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test("a record that did not finish has no processing time", async () => {
  const { handler, out } = testConsumer({ one: async () => DONE });

  await handler(sqsEvent(good("1")), context(500));

  expect(out.metrics()[0]).not.toHaveProperty(METRICS.processingTime);
  expect(out.metrics()[0]).toHaveProperty(METRICS.messageAge);
});

test("without metrics and audit nothing is written", async () => {
  const written: string[] = [];
  const { handler } = testConsumer({ one: async () => DONE }, { write: (text) => written.push(text) });

  await handler(sqsEvent(), context());

  expect(written).toEqual([]);
});

test("C11: the response of an earlier batch is never returned again, also with the same Lambda context", async () => {
  const { handler } = testConsumer({ one: async () => DONE });
  const same = context();
  await handler(sqsEvent(good("1")), same);
  handler.use({ before: () => "early" });

  await expect(handler(sqsEvent(good("2")), same)).rejects.toThrow(
    "A middleware returned a value before the batch ran.",
  );
});

describe("a transport", () => {
  test("reads valid stream records", () => {
    const record = { eventSource: "aws:dynamodb", dynamodb: { SequenceNumber: "1" } };

    expect(dynamoDbStream().read({ Records: [record] })).toEqual([record]);
  });

  test("names the source of a foreign event", () => {
    expect(() => sqs({}).read(null)).toThrow(expect.objectContaining({ name: "UnexpectedEvent" }));
  });

  test("reads SQS records without body, attributes or attribute values", () => {
    const { messageAttributes: _, ...bare } = sqsRecord("x");
    const record = { ...bare, body: null } as unknown as ReturnType<typeof sqsRecord>;
    const binary = { ...sqsRecord("x"), messageAttributes: { a: { binaryValue: "AA==" }, b: {} } };

    expect([sqs({}).body(record), sqs({}).attributes(record), sqs({}).isRetriedOrRedriven(record)]).toEqual([
      "",
      {},
      false,
    ]);
    expect(sqs({}).attributes(binary)).toStrictEqual({ a: { type: "Binary", value: "AA==" } });
  });

  test("negative-acknowledges 20 messages in two calls", async () => {
    const { queues } = testConsumer({ one: async () => DONE });
    const calls: number[] = [];
    const counting = {
      ...queues,
      changeVisibility: async (_: string, { length }: ArrayLike<unknown>) => void calls.push(length),
    };
    const records = Array.from({ length: 20 }, (_, i) => ({ raw: good(`${i}`), seconds: 1 }));

    await sqs({ backOff: { queues: counting, queueUrl: "u" } }).negativeAcknowledge?.(records);

    expect(calls).toEqual([10, 10]);
  });
});
