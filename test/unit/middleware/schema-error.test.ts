import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PATTERNS, ruleOf } from "../../../functions/contract/patterns.ts";
import { isPlaceOrder } from "../../../functions/contract/request-validators.js";
import { jsonBody } from "../../../functions/middleware/http-request.ts";
import { describeSchemaError, type SchemaError } from "../../../functions/middleware/json-faults.ts";
import type { Problem } from "../../../functions/middleware/problem.ts";
import { asyncapi } from "../../../lib/describe/asyncapi.ts";
import { openapi } from "../../../lib/describe/openapi.ts";
import { line, request } from "../../fixtures/events.ts";

const error = (changes: Partial<SchemaError>): SchemaError => ({
  instancePath: "",
  keyword: "k",
  message: "must be object",
  params: {},
  ...changes,
});

test.each<[SchemaError | undefined, string, string]>([
  [undefined, "The value does not match the schema.", ""],
  [error({ keyword: "type", params: { type: "object" } }), "The body must be an object.", ""],
  [error({ instancePath: "/a", keyword: "const", params: { allowedValue: "1.0" } }), "/a must be 1.0.", "/a"],
  [error({ instancePath: "/a" }), "/a is not valid.", "/a"],
  [error({ params: { missingProperty: "a" } }), "/a is required.", "/a"],
  [error({ instancePath: "/a", params: { missingProperty: "b" } }), "/a/b is required.", "/a/b"],
  [error({ params: { additionalProperty: "c" } }), "/c is not a known field.", "/c"],
  [error({ params: { additionalProperty: "a/b~c" } }), "/a~1b~0c is not a known field.", "/a~1b~0c"],
  [
    error({ params: { additionalProperty: "k".repeat(65) } }),
    `/${"k".repeat(64)} is not a known field.`,
    `/${"k".repeat(64)}`,
  ],
  [error({ instancePath: "/a", params: { allowedValues: ["x", "y"] } }), "/a must be one of x, y.", "/a"],
])("%o has the text: %s", (complaint, detail, pointer) => {
  expect(describeSchemaError(complaint)).toEqual({ detail, pointer });
});

describe("K16: a body with several invalid fields", () => {
  const extrasOf = (value: unknown) => {
    try {
      jsonBody(
        { body: JSON.stringify(value), isBase64Encoded: false, contentType: "application/json" },
        isPlaceOrder,
        { ruleOf },
      );
    } catch (error) {
      return (error as Problem).extras;
    }
    throw new Error("Expected a Problem.");
  };

  test("is refused with all of them in plain words", () => {
    const name =
      "must be 1 to 64 letters, digits, dots, dashes or underscores, and start with a letter or digit.";
    const { errors = [], ...first } = extrasOf({
      ...request({ customerId: "-", currency: "eur", lines: [line({ sku: "", quantity: 0 })] }),
      contact: { email: "Ada <ada@example.com>" },
      coupon: 1,
    });

    expect(errors[0]).toEqual(first);
    expect(errors.toSorted((a, b) => String(a.pointer).localeCompare(String(b.pointer)))).toEqual([
      { pointer: "/contact/email", detail: expect.stringContaining("must be one e-mail address") },
      { pointer: "/coupon", detail: "/coupon is not a known field." },
      { pointer: "/currency", detail: "/currency must be 3 capital letters, as in EUR." },
      { pointer: "/customerId", detail: `/customerId ${name}` },
      { pointer: "/lines/0/quantity", detail: "/lines/0/quantity must be at least 1." },
      { pointer: "/lines/0/sku", detail: `/lines/0/sku ${name}` },
    ]);
  });

  test("is refused with the first 20 of them", () => {
    const lines = Array.from({ length: 30 }, () => line({ quantity: 0 }));

    expect(extrasOf({ ...request(), lines }).errors).toHaveLength(20);
  });

  test("every keyword of a schema has its rule in words", () => {
    const keywords = new Set(
      ["validators", "request-validators", "operator-validators"].flatMap((name) => {
        const source = readFileSync(`functions/contract/${name}.js`, "utf8");
        return [...source.matchAll(/keyword:"(\w+)"/g)].map(([, keyword = ""]) => keyword);
      }),
    );
    const params: Readonly<Record<string, object>> = {
      required: { missingProperty: "b" },
      additionalProperties: { additionalProperty: "b" },
      enum: { allowedValues: ["x"] },
      pattern: { pattern: PATTERNS.sku.pattern },
      const: { allowedValue: "x" },
      type: { type: "integer" },
    };

    expect(keywords.size).toBeGreaterThan(0);
    for (const keyword of keywords) {
      const complaint = error({ instancePath: "/a", keyword, params: { limit: 7, ...params[keyword] } });
      expect(describeSchemaError(complaint, ruleOf).detail).toMatch(
        /^\/a(\/b)? (must |is required|is not a known)/,
      );
    }
  });

  test("every pattern of a schema has its rule in plain words", () => {
    const patterns = new Set<unknown>();
    for (const document of [openapi(), asyncapi()]) {
      JSON.stringify(document, (key, value: unknown) => {
        if (key === "pattern") patterns.add(value);
        return value;
      });
    }

    expect(patterns).toEqual(new Set(Object.values(PATTERNS).map(({ pattern }) => pattern)));
    for (const pattern of patterns) {
      const { detail } = describeSchemaError(
        error({ message: `must match ${pattern}`, params: { pattern } }),
        ruleOf,
      );
      expect(detail).not.toContain(pattern);
    }
  });
});
