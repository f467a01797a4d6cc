import { describe, expect, test } from "vitest";
import { isOutage } from "../../../functions/middleware/http.ts";

describe("isOutage", () => {
  test.each<[string, unknown, boolean]>([
    ["a refused connection", { code: "ECONNREFUSED" }, true],
    ["a reset connection", { code: "ECONNRESET" }, true],
    ["a time-out", { name: "TimeoutError" }, true],
    ["a throttle", { name: "ThrottlingException", $metadata: { httpStatusCode: 400 } }, true],
    ["a conflict", { name: "TransactionConflictException" }, true],
    ["a cancelled transaction", { name: "TransactionCanceledException" }, true],
    ["a 500", { $metadata: { httpStatusCode: 500 } }, true],
    ["a 503", { $metadata: { httpStatusCode: 503 } }, true],
    ["a 400", { name: "ValidationException", $metadata: { httpStatusCode: 400 } }, false],
    ["a mistake of ours", new TypeError("x is not a function"), false],
    ["nothing", undefined, false],
    ["null", null, false],
    ["a string", "TimeoutError", false],
  ])("%s: %s", (_, error, isOne) => {
    expect(isOutage(error)).toBe(isOne);
  });
});
