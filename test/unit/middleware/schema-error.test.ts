import { describe, expect, test } from "vitest";
import { PATTERNS, ruleOf } from "../../../functions/contract/patterns.ts";
import { isPlaceOrder } from "../../../functions/contract/request-validators.js";
import { jsonBody } from "../../../functions/middleware/http-body.ts";
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
const { message: _, ...silent } = error({ instancePath: "/a" });

test.each<[SchemaError | undefined, string, string]>([
  [undefined, "The value does not match the schema.", ""],
  [error({}), "The body must be object.", ""],
  [error({ instancePath: "/a/0", message: "must be >= 1" }), "/a/0 must be >= 1.", "/a/0"],
  [silent, "/a is not valid.", "/a"],
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
      { pointer: "/lines/0/quantity", detail: "/lines/0/quantity must be >= 1." },
      { pointer: "/lines/0/sku", detail: `/lines/0/sku ${name}` },
    ]);
  });

  test("is refused with the first 20 of them", () => {
    const lines = Array.from({ length: 30 }, () => line({ quantity: 0 }));

    expect(extrasOf({ ...request(), lines }).errors).toHaveLength(20);
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
