import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../functions/contract/limits.ts";
import { isCountStock, isPlaceOrder } from "../../../functions/contract/request-validators.js";
import { jsonBody, type RawBody } from "../../../functions/middleware/http-request.ts";
import type { Validate } from "../../../functions/middleware/json-faults.ts";
import { Problem } from "../../../functions/middleware/problem.ts";
import { line, request } from "../../fixtures/events.ts";

const anything = ((_value: unknown) => true) as unknown as Validate<unknown>;
const good = JSON.stringify(request());
const json = (body: string | null): RawBody => ({
  body,
  isBase64Encoded: false,
  contentType: "application/json",
});
const base64 = (bytes: Buffer): RawBody => ({
  body: bytes.toString("base64"),
  isBase64Encoded: true,
  contentType: "application/json",
});

function problemOf(raw: RawBody, isValid: Validate<unknown> = isPlaceOrder): Problem {
  try {
    jsonBody(raw, isValid);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("Expected a Problem.");
}

/** The request's text with some fields replaced. */
const changed = (changes: Record<string, unknown>) => JSON.stringify({ ...request(), ...changes });
const withLine = (changes: Record<string, unknown>) => changed({ lines: [{ ...line(), ...changes }] });

describe("jsonBody", () => {
  test("returns the validated value, plain or in base64", () => {
    expect(jsonBody(json(good), isPlaceOrder)).toEqual(request());
    expect(jsonBody(base64(Buffer.from(good)), isPlaceOrder)).toEqual(request());
  });

  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/json ;q=1",
    "application/problem+json",
  ])("accepts the content type %s", (contentType) => {
    expect(jsonBody({ ...json(good), contentType }, isPlaceOrder)).toEqual(request());
  });

  test.each([
    undefined,
    "",
    "text/plain",
    "application/jsonp",
    "application/x-www-form-urlencoded",
    "x application/json",
  ])("refuses the content type %s", (contentType) => {
    expect(problemOf({ ...json(good), contentType }).code).toBe("UNSUPPORTED_MEDIA_TYPE");
  });

  test.each<[string, string | null, string]>([
    ["null", null, "The body is empty."],
    ["empty", "", "The body is empty."],
    ["text", "hello", "The body is not valid JSON."],
    ["truncated", good.slice(0, -1), "The body is not valid JSON."],
    ["followed by garbage", `${good}x`, "The body is not valid JSON."],
    ["behind a byte order mark", `\ufeff${good}`, "The body is not valid JSON."],
    ["deeply nested", "[".repeat(60_000), "The body is not valid JSON."],
    [
      "deeply nested and closed",
      `${"[".repeat(30_000)}${"]".repeat(30_000)}`,
      "The body has more than 64 levels.",
    ],
  ])("G1: a body that is %s is MALFORMED_JSON", (_, body, detail) => {
    const problem = problemOf(json(body));

    expect([problem.code, problem.extras.detail]).toEqual(["MALFORMED_JSON", detail]);
  });

  test.each<[string, RawBody]>([
    ["a lone surrogate", json('{"a":"\ud800"}')],
    ["a byte that a gateway replaced", json(good.replace("customer-1", "customer-\ufffd"))],
    ["broken base64", { ...json("@@@@"), isBase64Encoded: true }],
    ["cut base64", { ...json("YQ="), isBase64Encoded: true }],
    ["invalid UTF-8", base64(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))],
    ["an overlong encoding", base64(Buffer.from([0xc0, 0xaf]))],
  ])("G2: a body with %s is BAD_ENCODING", (_, raw) => {
    expect(problemOf(raw).code).toBe("BAD_ENCODING");
  });

  test("G2: U+FFFD is accepted where it is escaped or has its own bytes", () => {
    expect(jsonBody(json('{"a":"\\ufffd"}'), anything)).toEqual({ a: "\ufffd" });
    expect(jsonBody(base64(Buffer.from('{"a":"\ufffd"}')), anything)).toEqual({ a: "\ufffd" });
  });

  test("a byte order mark inside base64 is not JSON", () => {
    expect(problemOf(base64(Buffer.from(`\ufeff${good}`))).code).toBe("MALFORMED_JSON");
  });

  test.each<[string, string, string]>([
    ["quantity 0", withLine({ quantity: 0 }), "/lines/0/quantity"],
    ["quantity -1", withLine({ quantity: -1 }), "/lines/0/quantity"],
    ["quantity 1.5", withLine({ quantity: 1.5 }), "/lines/0/quantity"],
    ["quantity as text", withLine({ quantity: "5" }), "/lines/0/quantity"],
    ["quantity null", withLine({ quantity: null }), "/lines/0/quantity"],
    ["quantity 1e400", good.replace('"quantity":1', '"quantity":1e400'), "/lines/0/quantity"],
    ["quantity 2^53+1", good.replace('"quantity":1', '"quantity":9007199254740993'), "/lines/0/quantity"],
    ["no lines", changed({ lines: [] }), "/lines"],
    [
      "1,001 lines",
      changed({ lines: Array.from({ length: 1_001 }, () => ({ ...line(), sku: "A" })) }),
      "/lines",
    ],
    ["a SKU that climbs", withLine({ sku: "../../x" }), "/lines/0/sku"],
    ["an empty SKU", withLine({ sku: "" }), "/lines/0/sku"],
    ["a SKU too long", withLine({ sku: "x".repeat(65) }), "/lines/0/sku"],
    ["H5: CR and LF in the e-mail", changed({ contact: { email: "a@b.c\r\nBcc: d@e.f" } }), "/contact/email"],
    ["H5: a NUL in the e-mail", changed({ contact: { email: "a\u0000@b.c" } }), "/contact/email"],
    ["H5: two addresses", changed({ contact: { email: "a@b.c,d@e.f" } }), "/contact/email"],
    ["H5: a name with the address", changed({ contact: { email: "Ada <a@b.c>" } }), "/contact/email"],
    ["an unknown field", changed({ coupon: "x" }), "/coupon"],
    ["a status set by the client", changed({ status: "CONFIRMED" }), "/status"],
    ["a version set by the client", changed({ version: 9 }), "/version"],
    ["no customer", changed({ customerId: undefined }), "/customerId"],
    ["a list", "[]", ""],
    ["JSON null", "null", ""],
    ["G6: __proto__", `{"__proto__":{"a":1},${good.slice(1)}`, "/__proto__"],
    ["G6: constructor", changed({ constructor: { prototype: {} } }), "/constructor"],
  ])("G5: %s is INVALID_REQUEST with a pointer", (_, body, pointer) => {
    const problem = problemOf(json(body));

    expect([problem.code, problem.extras.pointer]).toEqual(["INVALID_REQUEST", pointer]);
    expect(problem.extras.detail).not.toContain("b.c");
  });

  test.each<[string, string]>([
    ["twice", '{"onHand":1,"onHand":2}'],
    ["with one escaped", '{"onHand":1,"\\u006fnHand":2}'],
    ["empty", '{"":1,"onHand":2}'],
    ["in a nested object", '{"onHand":1,"a":[{"b":{"c":1,"c":1}}]}'],
  ])("G6: a key that is repeated %s is refused, not dropped", (_, body) => {
    expect(problemOf(json(body), anything).code).toBe("INVALID_REQUEST");
  });

  test("text inside strings that resembles keys is ignored", () => {
    const value = { a: '"b": "c":', d: ["e:", '\\":'], 'f": ': { "g:": 1 } };

    expect(jsonBody(json(JSON.stringify(value)), anything)).toEqual(value);
    expect(jsonBody(json('{ "a"\n:\t1 , "b" : [ { "a" : 2 } , { "a" : 2 } ] }'), anything)).toEqual({
      a: 1,
      b: [{ a: 2 }, { a: 2 }],
    });
  });

  test.each(["-0", "-0.0", "-0e5", "-1e-400"])("G5: the number %s is refused", (zero) => {
    expect(problemOf(json(`{"onHand":${zero}}`), isCountStock).code).toBe("INVALID_REQUEST");
  });

  test("returns every JSON value unchanged", () => {
    const values = fc
      .jsonValue({ noUnicodeString: false })
      .filter((value) => !/"":|"__proto__":|-0\b|\de\+|\d{16}/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(value);
        fc.pre(text.isWellFormed() && !text.includes("\ufffd"));
        expect(jsonBody(json(text), anything)).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe("the size of a body", () => {
  const sized = (bytes: number) => JSON.stringify("x".repeat(bytes - 2));

  test.each([65_534, 65_535, 65_536])("A13: of %i bytes is accepted, plain and in base64", (bytes) => {
    expect(jsonBody(json(sized(bytes)), anything)).toHaveLength(bytes - 2);
    expect(jsonBody(base64(Buffer.from(sized(bytes))), anything)).toHaveLength(bytes - 2);
  });

  test.each([65_537, 65_538, 65_539, 1_000_000])(
    "A13: of %i bytes is refused, plain and in base64",
    (bytes) => {
      for (const raw of [json(sized(bytes)), base64(Buffer.from(sized(bytes)))]) {
        const problem = problemOf(raw, anything);
        expect(problem.code).toBe("BODY_TOO_LARGE");
        expect(problem.extras.detail).toBe(
          `The body has ${bytes} bytes; at most ${LIMITS.bodyBytes} are accepted.`,
        );
      }
    },
  );

  test("A13: counts bytes, not characters", () => {
    expect(problemOf(json(JSON.stringify("é".repeat(33_000))), anything).code).toBe("BODY_TOO_LARGE");
  });

  test("D14: the largest body results in an order row and an event well below their limits", () => {
    const lines = Array.from({ length: 90 }, (_, i) =>
      line({ sku: `${i}`.padEnd(64, "x"), quantity: 100_000, unitPrice: 1_000_000_000 }),
    );

    expect(Buffer.byteLength(JSON.stringify(request({ lines })))).toBeLessThan(LIMITS.bodyBytes);
  });
});
