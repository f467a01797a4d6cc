import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isCountStock } from "../../../functions/contract/request-validators.js";
import { jsonDecoder, type StandardSchema } from "../../../functions/middleware/json-decoder.ts";

interface Payment {
  readonly id: string;
}

/** A schema of one field, as libraries make them. */
const schema: StandardSchema<Payment> = {
  "~standard": {
    validate(value) {
      const { id } = (value ?? {}) as { id?: unknown };
      if (typeof id === "string") return { value: { id } };
      return { issues: [{ message: "expected a string", path: [{ key: "id" }] }] };
    },
  },
};
const decode = jsonDecoder({ schema, type: () => "payment" });

describe("jsonDecoder", () => {
  test("decodes what the schema answers, with type, id, lane and facts where they are asked for", () => {
    const whole = jsonDecoder({
      schema,
      type: ({ id }) => `payment of ${id}`,
      eventId: ({ id }) => id,
      lane: ({ id }) => `lane ${id}`,
      facts: ({ id }) => ({ orderId: id }),
    });

    expect(decode('{"id":"p","more":1}')).toEqual({ kind: "message", message: { id: "p" }, type: "payment" });
    expect(whole('{"id":"p"}')).toEqual({
      kind: "message",
      message: { id: "p" },
      type: "payment of p",
      eventId: "p",
      lane: "lane p",
      facts: { orderId: "p" },
    });
  });

  test("decodes by a validator of ajv", () => {
    const stock = jsonDecoder({ schema: isCountStock, type: () => "stock" });

    expect(stock('{"onHand":1}')).toMatchObject({ kind: "message", message: { onHand: 1 } });
    expect(stock('{"onHand":"many"}')).toEqual({
      kind: "malformed",
      reason: "INVALID_EVENT",
      detail: "/onHand must be a whole number.",
    });
  });

  test.each([
    ["", "MALFORMED_JSON", "The body is not valid JSON."],
    ["{", "MALFORMED_JSON", "The body is not valid JSON."],
    ['{"id":"p","id":"q"}', "INVALID_EVENT", "/id occurs twice."],
    ['{"__proto__":{},"id":"p"}', "BAD_ENCODING", "/__proto__ is a forbidden key."],
    ['{"id":"p","n":12345678901234567890}', "INVALID_EVENT", expect.stringContaining("/n must be between")],
    ["[".repeat(65) + "]".repeat(65), "INVALID_EVENT", "The body has more than 64 levels."],
    ["null", "INVALID_EVENT", "/id: expected a string"],
    ['{"id":1}', "INVALID_EVENT", "/id: expected a string"],
  ])("%s is malformed: %s", (text, reason, detail) => {
    expect(decode(text)).toEqual({ kind: "malformed", reason, detail });
  });

  test("never throws on any text, and what it decodes has passed the schema", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.json({ maxDepth: 2 }),
          fc.json({ maxDepth: 2 }).map((id) => `{"id":${id}}`),
        ),
        (text) => {
          const decoded = decode(text);
          if (decoded.kind === "message") expect(decoded.message.id).toBeTypeOf("string");
          else expect(decoded.detail).not.toBe("");
        },
      ),
    );
  });

  test("refuses a schema that validates asynchronously: it cannot wait", () => {
    const slow: StandardSchema<Payment> = { "~standard": { validate: async () => ({ value: { id: "p" } }) } };

    expect(() => jsonDecoder({ schema: slow, type: () => "t" })("{}")).toThrow("validates asynchronously");
  });

  test("an issue without a path is about the body", () => {
    const none: StandardSchema<Payment> = {
      "~standard": { validate: () => ({ issues: [{ message: "no" }] }) },
    };

    expect(jsonDecoder({ schema: none, type: () => "t" })("{}")).toMatchObject({ detail: "The body: no" });
  });
});
