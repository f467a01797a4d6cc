import { expect, test } from "vitest";
import type { SchemaError } from "../../../functions/contract/validators.js";
import { describeSchemaError } from "../../../functions/middleware/http-body.ts";

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
])("%o says: %s", (complaint, detail, pointer) => {
  expect(describeSchemaError(complaint)).toEqual({ detail, pointer });
});
