import { describe, expect, test } from "vitest";
import { headersOfAttribute } from "../../../functions/middleware/attributes.ts";
import { UnexpectedEvent } from "../../../functions/middleware/transport.ts";
import { type KafkaRecord, kafka } from "../../../functions/middleware/transports/kafka.ts";
import { decodeRecord } from "../../../functions/orders/decode-record.ts";
import { created, NOW, order } from "../../fixtures/events.ts";
import { base64, kafkaEvent, kafkaRecord } from "../../fixtures/kafka-events.ts";

const transport = kafka();
const event = created(order("1"));
const good = kafkaRecord(event, { partition: 1, offset: 7 });

describe("an event of Kafka", () => {
  test("is read with the records of all its partitions, in the order of each partition", () => {
    const records = [0, 1, 0, 2, 1].map((partition) => kafkaRecord(event, { partition }));

    const read = transport.read(kafkaEvent(...records));

    expect(read.map(({ partition }) => partition)).toEqual([0, 0, 1, 1, 2]);
    for (const partition of [0, 1, 2]) {
      const of = (all: readonly KafkaRecord[]) => all.filter((record) => record.partition === partition);
      expect(of(read)).toEqual(of(records));
    }
  });

  test("of a self-managed cluster is read as well", () => {
    expect(transport.read({ ...kafkaEvent(good), eventSource: "SelfManagedKafka" })).toEqual([good]);
  });

  test.each([{}, { "order-events-0": [] }])("without records, as %o, is read", (records) => {
    expect(transport.read({ ...kafkaEvent(), records })).toEqual([]);
    expect(transport.response([], [])).toEqual({ batchItemFailures: [] });
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["text", "records"],
    ["an event of SQS", { Records: [] }],
    ["another source", { ...kafkaEvent(good), eventSource: "aws:sqs" }],
    ["no records", { eventSource: "aws:kafka" }],
    ["records that are null", { eventSource: "aws:kafka", records: null }],
    ["records that are a list", { eventSource: "aws:kafka", records: [good] }],
    ["a partition that is not a list", { eventSource: "aws:kafka", records: { "order-events-1": good } }],
    ["a record that is null", { eventSource: "aws:kafka", records: { "order-events-1": [null] } }],
    ["a record under another partition", { eventSource: "aws:kafka", records: { "order-events-2": [good] } }],
    ["a record under another topic", { eventSource: "aws:kafka", records: { "orders-1": [good] } }],
    ...(["topic", "partition", "offset"] as const).flatMap((name): [string, unknown][] => [
      [`a record without its ${name}`, eventWith({ ...good, [name]: undefined })],
      [`a record whose ${name} is null`, eventWith({ ...good, [name]: null })],
    ]),
    ["an offset that is text", eventWith({ ...good, offset: "7" })],
    ["an offset that is not an integer", eventWith({ ...good, offset: 7.5 })],
    ["an offset above the safe integers", eventWith({ ...good, offset: 2 ** 53 })],
  ])("fails closed on %s", (_, broken) => {
    expect(() => transport.read(broken)).toThrow(UnexpectedEvent);
  });

  function eventWith(record: unknown) {
    return { eventSource: "aws:kafka", records: { "order-events-1": [record] } };
  }
});

describe("a record of Kafka", () => {
  test("is reported as failed by its partition and offset, once each", () => {
    const again = kafkaRecord(event, { partition: 1, offset: 7 });
    const other = kafkaRecord(event, { partition: 0, offset: 7 });

    expect(transport.response([], [good, again, other])).toEqual({
      batchItemFailures: [
        { itemIdentifier: { partition: "order-events-1", offset: 7 } },
        { itemIdentifier: { partition: "order-events-0", offset: 7 } },
      ],
    });
  });

  test.each<[string, Partial<KafkaRecord>, string]>([
    ["of a key is its partition and key", { key: base64("a") }, "order-events-1 YQ=="],
    ["without a key is its partition", { key: null }, "order-events-1"],
    ["with an empty key is its partition", { key: "" }, "order-events-1"],
    ["with a key that is not text is its partition", { key: { a: 1 } }, "order-events-1"],
  ])("F5: the lane of one %s", (_, changes, lane) => {
    expect(transport.lane({ ...good, ...changes })).toBe(lane);
  });

  test.each([
    ["dlqRetryCount", true],
    ["redriveId", true],
    ["failedKey", false],
    ["type", false],
  ])("with the header %s is a redriven message: %s", (name, isRetriedOrRedriven) => {
    expect(transport.isRetriedOrRedriven(kafkaRecord(event, { headers: { other: "x", [name]: "1" } }))).toBe(
      isRetriedOrRedriven,
    );
  });

  test.each([undefined, null, "redriveId", [null], ["redriveId"], [7]])(
    "with headers %o is not a redriven message",
    (headers) => {
      expect(transport.isRetriedOrRedriven({ ...good, headers })).toBe(false);
      expect(transport.attributes({ ...good, headers })).toEqual({});
    },
  );

  test("K2: has all its headers as attributes, and Java's signed bytes as bytes", () => {
    const headers = [
      { a: [65] },
      { b: [-61, -87] },
      { a: [66] },
      { c: null },
      { a: [-1], f: [67] },
      { g: [] },
    ];

    const attributes = transport.attributes({ ...good, headers });

    expect(attributes).toEqual({
      a: { type: "String.headers", value: '["A","B",{"type":"Binary","value":"/w=="}]' },
      b: "é",
      c: { type: "String.headers", value: "[null]" },
      f: "C",
      g: "",
    });
    expect(Object.values(attributes).map(headersOfAttribute)).toEqual([
      ["é"],
      [null],
      ["A", "B", { type: "Binary", value: "/w==" }],
      ["C"],
      [""],
    ]);
  });

  test("K2: names the headers that are no lists of bytes", () => {
    const headers = [{ a: [65] }, { d: "text" }, { e: [1e9] }];

    expect(transport.attributes({ ...good, headers })).toEqual({
      a: "A",
      "(omitted headers)": { type: "Omitted", value: '["d","e"]' },
    });
  });

  test("has its time, its position, and no count of attempts", () => {
    expect(transport.sentAt(good)).toBe(NOW);
    expect(transport.sentAt({ ...good, timestamp: "soon" })).toBeNaN();
    expect(transport.source(good)).toBe("kafka:order-events-1@7");
    expect(transport.attempt(good)).toBe(1);
    expect(transport.isLastAttempt(good)).toBe(false);
  });

  test.each<[string, unknown, boolean]>([
    ["written an hour ago", NOW - 3_600_000, false],
    ["written a millisecond more than an hour ago", NOW - 3_600_001, true],
    ["from the future", NOW + 3_600_001, false],
    ["without a time", undefined, false],
    ["whose time is not a number", "soon", false],
  ])("that fails and is %s: whether this can be its last attempt", (_, timestamp, mayBe) => {
    const aged = kafka({ clock: { now: () => NOW }, mayBeLastAfterSeconds: 3_600 });

    expect(aged.isLastAttempt({ ...good, timestamp })).toBe(mayBe);
  });

  test.each<[string, unknown, string]>([
    ["text", base64("é"), "é"],
    ["binary data", "/////w==", "/////w=="],
    ["invalid base64", "%%%", "%%%"],
    ["null", null, ""],
    ["nothing", undefined, ""],
    ["an object", { a: 1 }, '{"a":1}'],
  ])("keeps a value that is %s", (_, value, body) => {
    expect(transport.body({ ...good, value })).toBe(body);
  });
});

describe("decodeRecord", () => {
  const decoded = (changes: Partial<KafkaRecord>) => decodeRecord({ ...good, ...changes });

  test("returns the event, its order and its id", () => {
    expect(decoded({})).toMatchObject({
      kind: "message",
      message: event,
      type: "order.created",
      eventId: event.id,
      facts: { orderId: event.subject },
    });
  });

  test.each([null, undefined])("F4: a value that is %s is a tombstone", (value) => {
    expect(decoded({ value, headers: "garbage" })).toEqual({ kind: "empty", why: "tombstone" });
  });

  test.each<[string, Partial<KafkaRecord>]>([
    ["no key", { key: null }],
    ["an empty key", { key: "" }],
    ["a key that is not its order's id", { key: base64("another order") }],
    ["no headers", { headers: undefined }],
    ["a header without a value", { headers: [{ a: null }] }],
  ])("F5, F6: an event with %s is a valid event", (_, changes) => {
    expect(decoded(changes)).toMatchObject({ kind: "message", message: event });
  });

  test.each<[string, Partial<KafkaRecord>, string]>([
    ["a value that is not base64", { value: "%%%%" }, "BAD_ENCODING"],
    ["truncated base64", { value: base64(JSON.stringify(event)).slice(0, -3) }, "BAD_ENCODING"],
    ["base64 with a line break", { value: `${base64("{}")}\n` }, "BAD_ENCODING"],
    ["a value that is an object", { value: { a: 1 } }, "BAD_ENCODING"],
    ["a value that is not UTF-8", { value: "e8PDw30=" }, "BAD_ENCODING"],
    ["a key that is not base64", { key: "%" }, "BAD_ENCODING"],
    ["a key that is a number", { key: 7 }, "BAD_ENCODING"],
    ["headers that are text", { headers: "a" }, "BAD_ENCODING"],
    ["a header that is null", { headers: [null] }, "BAD_ENCODING"],
    ["a header that is text", { headers: [{ a: "text" }] }, "BAD_ENCODING"],
    ["a header with invalid bytes", { headers: [{ a: [1, 256] }] }, "BAD_ENCODING"],
    ["an empty value", { value: "" }, "MALFORMED_JSON"],
    ["a value that is not JSON", { value: base64("{") }, "MALFORMED_JSON"],
    [
      "a value with a schema registry's magic byte",
      { value: base64(`\0\0\0\0\x01${JSON.stringify(event)}`) },
      "MALFORMED_JSON",
    ],
    [
      "another type",
      { value: base64(JSON.stringify({ ...event, type: "order.teleported" })) },
      "UNKNOWN_TYPE",
    ],
    ["no event", { value: base64("{}") }, "INVALID_EVENT"],
  ])("G1, G2: %s is malformed", (_, changes, reason) => {
    expect(decoded(changes)).toMatchObject({ kind: "malformed", reason });
  });

  test("a replacement character of the text is text", () => {
    const value = base64(JSON.stringify({ ...event, note: "\uFFFD" }));

    expect(decoded({ value })).toMatchObject({ kind: "message", message: { note: "\uFFFD" } });
  });

  test("reads the trace from the header where the event has none", () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const headers = [{ traceparent: [...Buffer.from(traceparent)] }];

    expect(decoded({ headers })).toMatchObject({ traceparent });
    const own = { ...event, traceparent: traceparent.replace("b7", "c8") };
    expect(decoded({ headers, value: base64(JSON.stringify(own)) })).toMatchObject({
      traceparent: own.traceparent,
    });
  });
});
