import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprintOf } from "../../../functions/failures/domain/failed-transition.ts";
import { describeError } from "../../../functions/middleware/error-text.ts";
import { classify, ignored, park, retry, Unprocessable } from "../../../functions/middleware/outcome.ts";
import { Problem } from "../../../functions/middleware/problem.ts";

describe("describeError", () => {
  test.each<[string, unknown, object]>([
    ["an error", new TypeError("no"), { errorName: "TypeError", errorMessage: "no" }],
    ["a string", "no", { errorName: "string", errorMessage: "no" }],
    ["nothing", undefined, { errorName: "undefined", errorMessage: "undefined" }],
    [
      "an unreadable value",
      { toString: () => Promise.reject },
      { errorName: "unreadable", errorMessage: "The error could not be read." },
    ],
    [
      "an error that throws when read",
      Object.defineProperty(new Error("x"), "message", {
        get() {
          throw new Error("trap");
        },
      }),
      { errorName: "unreadable", errorMessage: "The error could not be read." },
    ],
  ])("describes %s", (_, error, text) => {
    expect(describeError(error)).toEqual(text);
  });

  test("J1: removes e-mail addresses, also from the name", () => {
    const error = Object.assign(new Error("bad <ada.l+x@mail.example.com>, bob@example.com"), {
      name: "eve@example.com",
    });

    expect(describeError(error)).toEqual({ errorName: "[e-mail]", errorMessage: "bad <[e-mail]>, [e-mail]" });
  });

  test("J1: an address at the maximum length is removed as a whole", () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 520 }), (before) => {
        const message = `${"x ".repeat(before).slice(0, before - 1)} ada.lovelace@example.com is no address`;
        expect(describeError(new Error(message)).errorMessage).not.toContain("ada.");
        expect(describeError(new Error(message)).errorMessage).not.toContain("lovelace");
      }),
    );
  });

  test("keeps at most 500 characters, and all of a shorter text", () => {
    expect(describeError(new Error("y ".repeat(5_000))).errorMessage.length).toBeLessThanOrEqual(500);
    expect(describeError(new Error("y ".repeat(5_000))).errorMessage.length).toBeGreaterThan(450);
    expect(describeError(new Error(`${"y ".repeat(249)}zz`)).errorMessage).toBe(`${"y ".repeat(249)}zz`);
  });
});

describe("the fingerprint", () => {
  const of = (
    errorMessage: string,
    reason = "UNKNOWN_ORDER",
    consumer = "c",
    type: string | undefined = "t",
  ) => fingerprintOf(consumer, type, reason, { errorName: "Error", errorMessage });

  test("is the same for errors that differ in ids and numbers", () => {
    expect(of("row 4HJEV3D88TQ7AEGBV0AXRDABNG at 17")).toBe(of("row 5HJEV3D88TQ7AEGBV0AXRDABNG at 180"));
    expect(of("request 0af76519-16cd-43dd-8448-eb211c80319c")).toBe(
      of("request 1bf76519-16cd-43dd-8448-eb211c80319d"),
    );
  });

  test("differs by text, reason, consumer and type", () => {
    const all = [
      of("a"),
      of("b"),
      of("a", "STATE_CONFLICT"),
      of("a", "UNKNOWN_ORDER", "d"),
      of("a", "X", "c", "u"),
    ];

    expect(new Set(all).size).toBe(5);
    expect(fingerprintOf("c", undefined, "r", {})).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe("classify", () => {
  test("C6: parks an Unprocessable", () => {
    const error = new Unprocessable("STATE_CONFLICT", "no");

    expect(classify(error)).toEqual({ kind: "park", reason: "STATE_CONFLICT", error });
    expect(error.name).toBe("Unprocessable");
  });

  test("C5: retries any other thrown value", () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(classify(thrown)).toEqual({ kind: "retry", error: thrown });
      }),
    );
  });

  test("an outcome has only the given fields", () => {
    expect(retry("e")).toEqual({ kind: "retry", error: "e" });
    expect(retry("e", 5)).toEqual({ kind: "retry", error: "e", afterSeconds: 5 });
    expect(park("EXPIRED")).toEqual({ kind: "park", reason: "EXPIRED" });
    expect(park("EXPIRED", "e")).toEqual({ kind: "park", reason: "EXPIRED", error: "e" });
    expect(ignored("why")).toEqual({ kind: "ignored", why: "why" });
  });
});

test("a Problem has its code; its message is the detail, or the code", () => {
  const problem = new Problem("ORDER_NOT_FOUND");

  expect([problem.code, problem.message, problem.name]).toEqual([
    "ORDER_NOT_FOUND",
    "ORDER_NOT_FOUND",
    "Problem",
  ]);
  expect(new Problem("ORDER_NOT_FOUND", { detail: "so" }).message).toBe("so");
});
