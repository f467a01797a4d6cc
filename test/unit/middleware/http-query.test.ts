import { describe, expect, test } from "vitest";
import { isListFailed } from "../../../functions/contract/operator-validators.js";
import { ruleOf } from "../../../functions/contract/patterns.ts";
import { queryOf } from "../../../functions/middleware/http-query.ts";
import type { HttpRequest } from "../../../functions/middleware/http-request.ts";
import type { Validate } from "../../../functions/middleware/json-faults.ts";
import type { Problem } from "../../../functions/middleware/problem.ts";

type Page = { limit?: number | string; cursor?: string };
const names = ["limit", "cursor"];

/** Accepts limits up to 9, with errors in the form of ajv. */
const isPage: Validate<Page> = Object.assign(
  (value: unknown): value is Page => {
    const { limit = 0 } = value as Page;
    return typeof limit === "number" && limit <= 9;
  },
  { errors: [{ instancePath: "/limit", keyword: "maximum", message: "must be <= 9", params: { limit: 9 } }] },
);
const anything: Validate<Page> = (_value: unknown): _value is Page => true;

const asking = (query: HttpRequest["query"]) => ({ query, rules: { ruleOf } }) as HttpRequest;

function refusalOf(query: HttpRequest["query"]): unknown {
  try {
    queryOf(asking(query), { isValid: isPage, names });
  } catch (error) {
    const { code, extras } = error as Problem;
    return [code, extras];
  }
  throw new Error("Expected a Problem.");
}

describe("a query", () => {
  test("has the value of each parameter, the limit as a number", () => {
    expect(queryOf(asking({ limit: ["9"], cursor: ["12"] }), { isValid: isPage, names })).toEqual({
      limit: 9,
      cursor: "12",
    });
    expect(queryOf(asking({}), { isValid: isPage, names })).toEqual({});
  });

  test.each(["", "x", "-1", "1.5", "1e3", "1234567890", "5x", "x5"])(
    "keeps the limit %o as text",
    (limit) => {
      expect(queryOf(asking({ limit: [limit] }), { isValid: anything, names })).toEqual({ limit });
    },
  );

  test.each(["1", "123456789"])("converts the limit %s to a number", (limit) => {
    expect(queryOf(asking({ limit: [limit] }), { isValid: anything, names })).toEqual({
      limit: Number(limit),
    });
  });

  test("reads a parameter without a value as empty text", () => {
    expect(queryOf(asking({ cursor: undefined }), { isValid: anything, names })).toEqual({ cursor: "" });
    expect(queryOf(asking({ cursor: [] }), { isValid: anything, names })).toEqual({ cursor: "" });
  });

  test.each<[HttpRequest["query"], string]>([
    [{ page: ["1"] }, "There is no parameter page; there are limit, cursor."],
    [{ ["x".repeat(70)]: ["1"] }, `There is no parameter ${"x".repeat(64)}; there are limit, cursor.`],
    [{ limit: ["1", "2"] }, "The parameter limit occurs 2 times; it accepts one value."],
  ])("%o is refused: %s", (query, detail) => {
    expect(refusalOf(query)).toEqual(["INVALID_REQUEST", { detail }]);
  });

  test("K16: is refused with all invalid parameters", () => {
    const detail = "The parameter limit must be at most 9.";

    expect(refusalOf({ limit: ["10"] })).toEqual(["INVALID_REQUEST", { detail, errors: [{ detail }] }]);
    expect(() =>
      queryOf(asking({ from: ["x"], limit: ["900"], consumer: ["Y"] }), {
        isValid: isListFailed,
        names: ["from", "limit", "consumer"],
      }),
    ).toThrow(
      expect.objectContaining({
        extras: {
          detail: expect.stringContaining("The parameter consumer must be the name of a consumer"),
          errors: [
            { detail: expect.stringContaining("The parameter consumer must be the name of a consumer") },
            { detail: "The parameter from must be a time in UTC, as in 2026-01-31T12:00:00Z." },
            { detail: "The parameter limit must be at most 500." },
          ],
        },
      }),
    );
  });
});
