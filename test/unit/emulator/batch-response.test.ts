import { describe, expect, test } from "vitest";
import { readBatchResponse } from "../../../lib/emulator/event-sources/batch-response.ts";
import type { InvokeResult } from "../../../lib/emulator/types.ts";

const batch = new Set(["m1", "m2", "m3"]);
const ok = (payload: unknown): InvokeResult => ({ kind: "ok", payload });

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
describe("a response with ReportBatchItemFailures", () => {
  test.each([
    ["an empty list", { batchItemFailures: [] }],
    ["a null list", { batchItemFailures: null }],
    ["an empty response", {}],
    ["a null response", null],
  ])("that is %s is a complete success", (_name, payload) => {
    expect(readBatchResponse(ok(payload), true, batch)).toEqual({ kind: "success" });
  });

  test.each([
    ["an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }],
    ["a null identifier", { batchItemFailures: [{ itemIdentifier: null }] }],
    ["a wrong key", { batchItemFailures: [{ messageId: "m1" }] }],
    ["an identifier of another batch", { batchItemFailures: [{ itemIdentifier: "m9" }] }],
    [
      "one good and one unknown identifier",
      { batchItemFailures: [{ itemIdentifier: "m1" }, { itemIdentifier: "x" }] },
    ],
    ["a bare string in the list", { batchItemFailures: ["m1"] }],
    ["a null in the list", { batchItemFailures: [null] }],
    ["an object for the list", { batchItemFailures: "m1" }],
    ["a string", "done"],
    ["a number", 3],
    ["a list", []],
  ])("with %s fails the whole batch", (_name, payload) => {
    expect(readBatchResponse(ok(payload), true, batch).kind).toBe("all");
  });

  test("that names messages of the batch fails each of those once", () => {
    const payload = {
      batchItemFailures: [{ itemIdentifier: "m3" }, { itemIdentifier: "m1" }, { itemIdentifier: "m3" }],
    };

    expect(readBatchResponse(ok(payload), true, batch)).toEqual({
      kind: "failed",
      identifiers: new Set(["m3", "m1"]),
    });
  });
});

test("a response without ReportBatchItemFailures is ignored", () => {
  const payload = { batchItemFailures: [{ itemIdentifier: "m1" }] };

  expect(readBatchResponse(ok(payload), false, batch)).toEqual({ kind: "success" });
});

test.each<[InvokeResult, string]>([
  [{ kind: "error", errorType: "TypeError", errorMessage: "no" }, "TypeError: no"],
  [{ kind: "timeout" }, "the function timed out"],
  [{ kind: "crashed", detail: "signal SIGKILL" }, "signal SIGKILL"],
  [{ kind: "throttled" }, "the function was throttled"],
])("no response (%o) fails the whole batch with the reason", (result, why) => {
  expect(readBatchResponse(result, true, batch)).toEqual({ kind: "all", why });
  expect(readBatchResponse(result, false, batch)).toEqual({ kind: "all", why });
});
