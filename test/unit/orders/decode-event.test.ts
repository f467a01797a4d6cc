import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonFault } from "../../../functions/middleware/json-faults.ts";
import { decodeEvent } from "../../../functions/orders/decode-event.ts";
import { cancelled, created, line, order } from "../../fixtures/events.ts";

const event = created(order("1"));
const id = (version: number | string, type = "order.created") => `${event.subject}:${version}:${type}`;
const { data: _data, ...withoutData } = event;
const { id: _id, ...withoutId } = event;

/** The text of the event with some fields replaced. */
const changed = (changes: Record<string, unknown>) => JSON.stringify({ ...event, ...changes });
const withData = (changes: Record<string, unknown>) => changed({ data: { ...event.data, ...changes } });
const withLine = (changes: Record<string, unknown>) => withData({ lines: [{ ...line(), ...changes }] });
const rawLine = (field: string, value: string) =>
  JSON.stringify(event).replace(new RegExp(`"${field}":\\d+`), `"${field}":${value}`);

function reasonOf(text: unknown): string {
  const content = decodeEvent(text);
  return content.kind === "malformed" ? content.reason : content.kind;
}

describe("decodeEvent", () => {
  test("returns the event with its lane, ids and trace", () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    expect(decodeEvent(changed({ traceparent }))).toEqual({
      kind: "message",
      message: { ...event, traceparent },
      type: "order.created",
      lane: event.subject,
      eventId: event.id,
      facts: { orderId: event.subject },
      traceparent,
    });
    expect(decodeEvent(JSON.stringify(event))).not.toHaveProperty("traceparent");
  });

  test("C15: accepts every minor version of a known schema", () => {
    for (const minor of ["1", "1.0", "1.7", "1.42"]) {
      expect(reasonOf(changed({ dataschema: `urn:order-events:order:${minor}` }))).toBe("message");
    }
  });

  test("G4: accepts and keeps additive fields, at every level", () => {
    const text = changed({
      more: { a: [1] },
      data: { ...event.data, gift: true, lines: [{ ...line(), note: "x" }] },
    });
    const content = decodeEvent(text);

    expect(content.kind === "message" && JSON.stringify(content.message)).toBe(text);
  });

  test.each<[string, string]>([
    ["empty", ""],
    ["spaces", "  "],
    ["not JSON", "hello"],
    ["truncated", JSON.stringify(event).slice(0, -1)],
    ["with trailing garbage", `${JSON.stringify(event)}x`],
    ["with a byte order mark", `\ufeff${JSON.stringify(event)}`],
    ["base64", Buffer.from(JSON.stringify(event)).toString("base64")],
    ["null", "null"],
    ["a list", `[${JSON.stringify(event)}]`],
    ["a string", JSON.stringify(JSON.stringify(event))],
    ["a number", "1e400"],
    ["a schema registry's frame", `\u0000\u0000\u0000\u0000\u0007${JSON.stringify(event)}`],
    ["200,000 brackets deep", "[".repeat(200_000)],
    ["nested 200,000 deep", "[".repeat(200_000) + "]".repeat(200_000)],
  ])("G1: a body that is %s is MALFORMED_JSON", (_, text) => {
    expect(reasonOf(text)).toBe("MALFORMED_JSON");
  });

  test.each<[string, string]>([
    ["__proto__", `{"__proto__":{},${JSON.stringify(event).slice(1)}`],
    ["an escaped __proto__", `{"\\u005f_proto__":{},${JSON.stringify(event).slice(1)}`],
    ["an escaped __proto__ in capitals", `{"__proto_\\u005F":{},${JSON.stringify(event).slice(1)}`],
  ])("G6: a body with the key %s is refused before it is parsed", (_, text) => {
    expect(reasonOf(text)).toBe("BAD_ENCODING");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("B12: an SNS envelope is identified and not opened", () => {
    const envelope = { Type: "Notification", TopicArn: "arn:aws:sns:x", Message: JSON.stringify(event) };

    expect(reasonOf(JSON.stringify(envelope))).toBe("ENVELOPE_MISMATCH");
    expect(reasonOf(JSON.stringify({ ...envelope, TopicArn: undefined }))).toBe("INVALID_EVENT");
  });

  test.each<[string, string, string]>([
    ["an unknown type", changed({ type: "order.teleported" }), "UNKNOWN_TYPE"],
    ["an empty type", changed({ type: "" }), "UNKNOWN_TYPE"],
    ["a type that is not a string", changed({ type: 1 }), "INVALID_EVENT"],
    ["version 0", changed({ dataschema: "urn:order-events:order:0" }), "UNSUPPORTED_VERSION"],
    ["version 2", changed({ dataschema: "urn:order-events:order:2" }), "UNSUPPORTED_VERSION"],
    ["version 10", changed({ dataschema: "urn:order-events:order:10" }), "UNSUPPORTED_VERSION"],
    ["version 999.1", changed({ dataschema: "urn:order-events:order:999.1" }), "UNSUPPORTED_VERSION"],
    ["another schema", changed({ dataschema: "urn:other:schema:2" }), "INVALID_EVENT"],
  ])("G3: %s is %s", (_, text, reason) => {
    expect(reasonOf(text)).toBe(reason);
  });

  test.each<[string, string]>([
    ["quantity 0", withLine({ quantity: 0 })],
    ["quantity -1", withLine({ quantity: -1 })],
    ["quantity 1.5", withLine({ quantity: 1.5 })],
    ["quantity as text", withLine({ quantity: "5" })],
    ["quantity null", withLine({ quantity: null })],
    ["quantity over the limit", withLine({ quantity: 100_001 })],
    ["quantity 1e400", rawLine("quantity", "1e400")],
    ["quantity 2^53+1", rawLine("quantity", "9007199254740993")],
    ["price -1", withLine({ unitPrice: -1 })],
    ["price 1e400", rawLine("unitPrice", "1e400")],
    ["amount 1.5", withData({ amount: { currency: "EUR", minorUnits: 1.5 } })],
    ["no lines", withData({ lines: [] })],
    ["91 lines", withData({ lines: Array.from({ length: 91 }, (_, i) => line({ sku: `S${i}` })) })],
    ["a SKU that climbs", withLine({ sku: "../../x" })],
    ["an empty SKU", withLine({ sku: "" })],
    ["a long SKU", withLine({ sku: "x".repeat(65) })],
    ["no data", JSON.stringify(withoutData)],
    ["no id", JSON.stringify(withoutId)],
    ["an id that is a number", changed({ id: 1 })],
    ["an id of 10 KB", changed({ id: "x".repeat(10_240) })],
    ["the id of another order", changed({ id: created(order("2")).id })],
    ["the id of another version", changed({ id: id(2) })],
    ["the id of another type", changed({ id: id(1, "order.cancelled") })],
    ["the version 0", JSON.stringify({ ...event, id: id(0), data: { ...event.data, orderVersion: 0 } })],
    ["a subject that is not an order id", changed({ subject: "../x" })],
    ["an invalid time", changed({ time: "yesterday" })],
    ["30 February", changed({ time: "2026-02-30T12:00:00Z" })],
    ["a local time", changed({ time: "2026-01-01T12:00:00+01:00" })],
    ["another specversion", changed({ specversion: "0.3" })],
    ["an unknown reason", withData({ reason: { code: "BECAUSE", sku: "A" } })],
    ["an object without any field", "{}"],
  ])("G5: %s is INVALID_EVENT", (_, text) => {
    expect(reasonOf(text)).toBe("INVALID_EVENT");
  });

  test("J1: reports fields and bounds, never values", () => {
    for (const text of [
      withLine({ sku: "ada@example.com" }),
      changed({ type: "ada@example.com" }),
      changed({ dataschema: "urn:order-events:order:ada@example.com" }),
      '{"ada@example.com',
    ]) {
      expect(JSON.stringify(decodeEvent(text))).not.toContain("ada@");
    }
  });

  test("reports the error and its location", () => {
    expect(decodeEvent(withLine({ quantity: 0 }))).toEqual({
      kind: "malformed",
      reason: "INVALID_EVENT",
      detail: "/data/lines/0/quantity must be at least 1.",
    });
    expect(decodeEvent(changed({ id: id(9) }))).toMatchObject({
      detail: "/id must be <subject>:<data.orderVersion>:<type>.",
    });
  });

  test("G2: never throws for any text", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      fc.jsonValue().map((value) => changed({ data: value })),
      fc
        .dictionary(fc.constantFrom(...Object.keys(event)), fc.jsonValue())
        .map((changes) => changed(changes)),
      fc.tuple(fc.nat(600), fc.string()).map(([at, junk]) => JSON.stringify(event).slice(0, at) + junk),
    );

    fc.assert(
      fc.property(texts, (text) => {
        const content = decodeEvent(text);
        if (content.kind === "message") expect(content.eventId).toBe(content.message.id);
        else expect(content.detail).not.toBe("");
      }),
    );
  });

  test.each<[string, unknown]>([
    ["missing", undefined],
    ["null", null],
    ["a number", 5],
    ["an object", {}],
  ])("a body that is %s, which no queue sends, is malformed", (_, body) => {
    expect(reasonOf(body)).toBe("MALFORMED_JSON");
  });

  test("reads every type of event", () => {
    expect(decodeEvent(JSON.stringify(cancelled(order("1"))))).toMatchObject({ type: "order.cancelled" });
  });
});

test("G6: a value that resembles a key of a prototype is accepted", () => {
  const event = created(order("proto", {}, [line({ sku: "a__proto__b" })]));

  expect(decodeEvent(JSON.stringify(event))).toMatchObject({ kind: "message", message: event });
});

test.each([
  '{"__proto__":{}}',
  '{"\\u005f_proto__":1}',
  '{"\\u005f\\u005f\\u0070roto__":1}',
  '[{"a":{"__proto__":2}}]',
])("G6: refuses %s in any spelling of the key", (text) => {
  expect(decodeEvent(text)).toMatchObject({ kind: "malformed", reason: "BAD_ENCODING" });
});

describe("K15: an event whose JSON has two readings", () => {
  const text = JSON.stringify(event);
  /** The text with another notation of the first number of a field. */
  const written = (field: string, number: string, of = text) =>
    of.replace(new RegExp(`"${field}":\\d+`), `"${field}":${number}`);
  const withVersion = (version: string) =>
    written("orderVersion", version).replace(id(1), id(Number(version)));

  test.each<[string, string, string]>([
    ["minorUnits of 2^53", written("minorUnits", "9007199254740992"), "/data/amount/minorUnits"],
    ["minorUnits of 2^53+1", written("minorUnits", "9007199254740993"), "/data/amount/minorUnits"],
    [
      "minorUnits that lose a digit",
      written("minorUnits", "9007199254740990.1"),
      "/data/amount/minorUnits has more digits",
    ],
    ["minorUnits of -0", written("minorUnits", "-0"), "/data/amount/minorUnits must not be -0"],
    ["a version of 2^53+1", withVersion("9007199254740993"), "/data/orderVersion"],
    ["an id that occurs twice", text.replace('"id":', '"id":"x","id":'), "/id occurs twice"],
    [
      "a quantity that occurs twice",
      text.replace('"quantity":', '"quantity":5,"quantity":'),
      "/data/lines/0/quantity occurs twice",
    ],
    [
      "a key that occurs twice, once escaped",
      text.replace('"sku":', '"\\u0073ku":"B","sku":'),
      "/data/lines/0/sku occurs twice",
    ],
    [
      "a key that occurs twice in an unknown field",
      `{"more":{"a":1,"a":1},${text.slice(1)}`,
      "/more/a occurs twice",
    ],
    ["an unknown integer of 2^53", `{"more":[9007199254740992],${text.slice(1)}`, "/more/0 must be between"],
    // The exponents save as many characters as the key has.
    [
      "a key that occurs twice, with exponents that compensate its length",
      written("unitPrice", "1e9", written("quantity", "1e5", text.replace('"id":', '"id":0,"id":'))),
      "/id occurs twice",
    ],
  ])("%s is INVALID_EVENT", (_, body, detail) => {
    expect(decodeEvent(body)).toMatchObject({
      kind: "malformed",
      reason: "INVALID_EVENT",
      detail: expect.stringContaining(detail),
    });
  });

  test.each<[string, string]>([
    ["the largest safe number", written("minorUnits", "9007199254740991")],
    ["spaces", JSON.stringify(event, null, 2)],
    ["an exponent", written("quantity", "1e2")],
    ["an exponent that shortens", written("quantity", "1e3")],
    ["a fraction of zeros", written("quantity", "5.00")],
    ["an escape", text.replace('"source"', '"\\u0073ource"')],
    ["a number with a fraction in an unknown field", `{"more":0.1,${text.slice(1)}`],
  ])("%s is accepted", (_, body) => {
    expect(reasonOf(body)).toBe("message");
  });

  test("is found in every spelling of an event", () => {
    const numbers = fc.record({
      quantity: fc.constantFrom("1", "1000", "1e3", "1E+3", "100000", "1e5", "1000.0", "-0"),
      unitPrice: fc.constantFrom("0", "1e9", "1000000000", "450", "45e1", "999.9999999999999999"),
      minorUnits: fc.constantFrom("0", "9e15", "9007199254740990.1", "9007199254740991", "-0"),
    });
    const twice = fc.constantFrom("", '"id":0,', '"type":1,', '"id":"","id":0,', '"":0,', '"more":1,');
    const gap = fc.constantFrom("", " ", "\n");
    fc.assert(
      fc.property(numbers, twice, gap, fc.boolean(), (each, key, space, isTraced) => {
        const traced = isTraced ? JSON.stringify({ ...event, traceparent: "x" }) : text;
        let body = `{${key}${space}${traced.slice(1)}`;
        for (const [field, number] of Object.entries(each)) body = written(field, number, body);
        expect(decodeEvent(body).kind).toBe(jsonFault(body) === undefined ? "message" : "malformed");
      }),
    );
  });
});
