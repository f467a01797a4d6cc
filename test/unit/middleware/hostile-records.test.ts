import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { METRICS } from "../../../functions/contract/names.ts";
import { consumer } from "../../../functions/middleware/consumer.ts";
import { DONE } from "../../../functions/middleware/outcome.ts";
import type { Transport } from "../../../functions/middleware/transport.ts";
import { dynamoDbStream } from "../../../functions/middleware/transports/dynamodb-stream.ts";
import { kafka } from "../../../functions/middleware/transports/kafka.ts";
import { sqs } from "../../../functions/middleware/transports/sqs.ts";
import { failureNotes } from "../../fakes/failure-notes.ts";
import { fakeClock } from "../../fakes/fake-clock.ts";
import { sink } from "../../fakes/sink.ts";
import { NOW } from "../../fixtures/events.ts";
import { context, sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

/** Undocumented values of a record's field. */
const GARBAGE: readonly unknown[] = [null, undefined, 0, -1, true, "", "x", [], {}, [null], { x: null }];

const STREAM = {
  eventSource: "aws:dynamodb",
  eventName: "INSERT",
  eventSourceARN: "arn:stream",
  dynamodb: { ApproximateCreationDateTime: 1, Keys: { id: { S: "1" } }, NewImage: {}, SequenceNumber: "1" },
};
const KAFKA = {
  topic: "t",
  partition: 0,
  offset: 1,
  timestamp: NOW,
  key: Buffer.from("k").toString("base64"),
  value: Buffer.from("v").toString("base64"),
  headers: [{ h: [1] }],
};

interface Case {
  readonly name: string;
  readonly transport: Transport<never>;
  readonly good: Record<string, unknown>;
  /** Fields that name a record in the response; without them the whole event is redelivered. */
  readonly naming: readonly string[];
  readonly eventOf: (records: readonly unknown[]) => unknown;
}

const CASES: readonly Case[] = [
  {
    name: "SQS",
    transport: sqs({ maxReceiveCount: 5 }) as Transport<never>,
    good: sqsRecord("x") as unknown as Record<string, unknown>,
    naming: ["messageId", "eventSource"],
    eventOf: (records) => ({ Records: records }),
  },
  {
    name: "a DynamoDB stream",
    transport: dynamoDbStream() as Transport<never>,
    good: STREAM,
    naming: ["eventSource", "dynamodb"],
    eventOf: (records) => ({ Records: records }),
  },
  {
    name: "Kafka",
    transport: kafka({ clock: fakeClock(NOW), mayBeLastAfterSeconds: 60 }) as Transport<never>,
    good: KAFKA,
    naming: ["topic", "partition", "offset"],
    eventOf: (records) => ({ eventSource: "aws:kafka", records: { "t-0": records } }),
  },
];

function run({ transport, eventOf }: Case, records: readonly unknown[]) {
  const out = sink();
  const failures = failureNotes();
  const handler = consumer<never, string>({
    name: "test-consumer",
    transport,
    decode: () => ({ kind: "message", message: "m", type: "t", lane: "" }),
    handle: { many: async (messages) => messages.map(() => DONE) },
    failureLog: failures,
    clock: fakeClock(NOW),
    write: out.write,
    settings: { maxAgeSeconds: 3_600, giveUpAfterSeconds: 60 },
  });
  return { out, failures, response: handler(eventOf(records), context(30_000)) };
}

describe.each(CASES)("K7: a record of $name with garbage in a field", (each) => {
  const fields = Object.keys(each.good).filter((field) => !each.naming.includes(field));
  const nested = (each.good["dynamodb"] ?? each.good["attributes"] ?? {}) as Record<string, unknown>;
  const variants = [
    ...fields.flatMap((field) => GARBAGE.map((value) => ({ ...each.good, [field]: value }))),
    ...fields.map((field) =>
      Object.fromEntries(Object.entries(each.good).filter(([name]) => name !== field)),
    ),
    ...(each.name === "SQS"
      ? Object.keys(nested).flatMap((field) =>
          GARBAGE.map((value) => ({ ...each.good, attributes: { ...nested, [field]: value } })),
        )
      : Object.keys(nested)
          .filter((field) => field !== "SequenceNumber")
          .flatMap((field) =>
            GARBAGE.map((value) => ({ ...each.good, dynamodb: { ...nested, [field]: value } })),
          )),
  ];

  test("neither fails the invocation nor its neighbours, and is not reported as a time-out", async () => {
    for (const variant of variants) {
      const neighbour =
        each.name === "SQS"
          ? { ...each.good, messageId: "neighbour" }
          : each.name === "Kafka"
            ? { ...each.good, offset: 2 }
            : { ...each.good, dynamodb: { ...nested, SequenceNumber: "2", Keys: { id: { S: "2" } } } };

      const { out, response } = run(each, [variant, neighbour]);

      const { batchItemFailures } = (await response) as { batchItemFailures: readonly unknown[] };
      const why = JSON.stringify(variant);
      expect(batchItemFailures.length, why).toBeLessThanOrEqual(1);
      expect(JSON.stringify(batchItemFailures), why).not.toContain("neighbour");
      expect(out.total(METRICS.received), why).toBe(2);
      expect(out.text(), why).not.toMatch(/deadline/);
    }
  });
});

test("K1: an attribute of any name is kept", async () => {
  const hostile = fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "length",
  );
  await fc.assert(
    fc.property(
      fc.dictionary(fc.oneof(hostile, fc.string()), fc.string(), { noNullPrototype: true }),
      (texts) => {
        const names = Object.keys(texts);
        const messageAttributes = Object.fromEntries(
          names.map((name) => [name, { dataType: "String", stringValue: texts[name] as string }]),
        );
        const attributes = sqs({}).attributes({ ...sqsRecord("x"), messageAttributes } as never);

        expect(Object.entries(attributes)).toEqual(Object.entries(texts));
      },
    ),
  );
});

test("K7: an event whose only record is garbage has a response, with the error", async () => {
  const { handler, out } = (() => {
    const lines = sink();
    return {
      out: lines,
      handler: consumer<never, string>({
        name: "test-consumer",
        transport: {
          ...(sqs({}) as Transport<never>),
          isRetriedOrRedriven: () => {
            throw new TypeError("unreadable");
          },
        },
        decode: () => ({ kind: "message", message: "m", type: "t", lane: "" }),
        handle: { one: () => DONE },
        failureLog: failureNotes(),
        clock: fakeClock(NOW),
        write: lines.write,
      }),
    };
  })();

  await handler(sqsEvent(sqsRecord("x", { messageId: "m-1" })), context(30_000));

  expect(out.lines()[0]).toMatchObject({ outcome: "retry", why: "TypeError: unreadable" });
});
