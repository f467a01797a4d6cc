import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { liveEntryOf, matchesLive } from "../../../lib/operator/observe/live-entry.ts";
import { attemptLine } from "../../fixtures/audit-lines.ts";

const REQUEST = "11111111-2222-3333-4444-555555555555";
const entry = (text: string, more: object = {}) =>
  liveEntryOf({ at: 5, source: "order-created", text, ...more });

describe("liveEntryOf", () => {
  test("reads an attempt with its duration, its retry and its stack", () => {
    const text = attemptLine({
      outcome: "retry",
      why: "Error: down",
      ms: 12,
      retryInSeconds: 4,
      requestId: REQUEST,
      stack: ["at a (index.mjs:1:1)"],
    });

    expect(entry(text)).toEqual({
      at: 1_000,
      source: "order-created",
      orderId: "ORDER1",
      event: "ORDER1:1:order.created",
      type: "order.created",
      outcome: "retry",
      attempt: 1,
      detail: "Error: down",
      durationMs: 12,
      retryInSeconds: 4,
      requestId: REQUEST,
      stack: ["at a (index.mjs:1:1)"],
    });
  });

  test("reads an attempt on a message without an order", () => {
    const text = attemptLine({ type: "unknown", eventId: undefined, outcome: "park", why: "MALFORMED_JSON" });

    expect(entry(text)).toMatchObject({ type: "unknown", outcome: "park", detail: "MALFORMED_JSON" });
    expect(entry(text)).not.toHaveProperty("orderId");
  });

  test.each([
    ["notify-customer", "done", "mailed"],
    ["notify-customer", "duplicate", "duplicate"],
    ["publish-events", "done", "published"],
    ["order-created", "done", "done"],
  ])("names the outcome of %s that is %s %s", (consumer, outcome, shown) => {
    expect(entry(attemptLine({ consumer, outcome }))?.outcome).toBe(shown);
  });

  test("reads an accepted order", () => {
    const text = JSON.stringify({
      audit: "accepted",
      at: 7,
      type: "order.created",
      eventId: "A:1:order.created",
      ms: 3,
    });

    expect(entry(text, { source: "place-order", requestId: REQUEST })).toEqual({
      at: 7,
      source: "place-order",
      orderId: "A",
      event: "A:1:order.created",
      type: "order.created",
      outcome: "accepted",
      durationMs: 3,
      requestId: REQUEST,
    });
  });

  test("reads an act of an operator on many messages", () => {
    const facts = { by: "olga", why: "the bug is fixed", selection: "consumer order-created" };
    const text = JSON.stringify({ audit: "operator", at: 7, act: "redrive many", jobId: "j", ...facts });

    expect(entry(text)).toEqual({
      at: 7,
      source: "operator",
      jobId: "j",
      outcome: "redrive many",
      detail: "consumer order-created, olga (the bug is fixed)",
    });
  });

  test.each([
    ["Task timed out after 30.00 seconds", "Task timed out after 30.00 seconds"],
    [
      `2026-01-01T12:00:00.000Z ${REQUEST} Task timed out after 3.00 seconds`,
      "Task timed out after 3.00 seconds",
    ],
    ["Runtime exited without an answer: signal SIGKILL", "Runtime exited without an answer: signal SIGKILL"],
    [
      `RequestId: ${REQUEST} Error: Runtime exited with error: exit status 1`,
      "Runtime exited with error: exit status 1",
    ],
    ["Runtime.OutOfMemory: 300 MB used of 256 MB", "Runtime.OutOfMemory: 300 MB used of 256 MB"],
    [
      "EmulatorFault: order-created is broken on purpose",
      "EmulatorFault: order-created is broken on purpose",
    ],
  ])("reads %j as a crash", (text, detail) => {
    expect(entry(text)).toMatchObject({ at: 5, source: "order-created", outcome: "crashed", detail });
  });

  test.each(["Runtime exited without an answer", "EmulatorFault: order-created is broken on purpose"])(
    "a batch that failed by a crash is no second crash: %s",
    (detail) => {
      expect(entry(`1 message(s) failed and stay in the queue: ${detail}`)).toBeUndefined();
    },
  );

  test("a crash has the invocation of its line, else the one in its text", () => {
    expect(entry("Killed by a fault", { requestId: REQUEST })?.requestId).toBe(REQUEST);
    expect(entry(`2026-01-01T12:00:00.000Z ${REQUEST} Task timed out after 3.00 seconds`)?.requestId).toBe(
      REQUEST,
    );
  });

  test.each(["stack", "trace"])("reads an error that was not caught, with its %s", (field) => {
    const error = {
      errorType: "TypeError",
      errorMessage: "x is undefined",
      [field]: ["TypeError: x is undefined", "    at run (index.mjs:1:2)"],
    };

    expect(
      entry(`2026-01-01T12:00:00.000Z\t${REQUEST}\tERROR\tInvoke Error \t${JSON.stringify(error)}`),
    ).toEqual({
      at: 5,
      source: "order-created",
      outcome: "crashed",
      requestId: REQUEST,
      detail: "TypeError: x is undefined",
      stack: ["at run (index.mjs:1:2)"],
    });
  });

  test.each([
    ["Uncaught Exception", { errorType: "Error", errorMessage: "down", stack: ["at run (index.mjs:1:2)"] }],
    [
      "Unhandled Promise Rejection",
      {
        errorType: "Runtime.UnhandledPromiseRejection",
        errorMessage: "Error: down",
        reason: { errorType: "Error", errorMessage: "down", stack: ["at run (index.mjs:1:2)"] },
        promise: {},
        stack: ["at process.<anonymous> (file:///var/runtime/index.mjs:1276:17)"],
      },
    ],
  ])("reads an error outside of the handler's promise: %s", (title, error) => {
    expect(
      entry(`2026-01-01T12:00:00.000Z\t${REQUEST}\tERROR\t${title} \t${JSON.stringify(error)}`),
    ).toMatchObject({
      outcome: "crashed",
      requestId: REQUEST,
      detail: "Error: down",
      stack: ["at run (index.mjs:1:2)"],
    });
  });

  test.each([
    '{"_aws":{"Timestamp":1}}',
    '{"audit":"attempt","at":1',
    '{"audit":"other","at":1}',
    '{"audit":"attempt"}',
    `START RequestId: ${REQUEST} Version: $LATEST`,
    "started",
    "",
  ])("has no entry for %j", (text) => {
    expect(entry(text)).toBeUndefined();
  });

  test("never throws for any fields and texts", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("at", "eventId", "ms", "stack", "outcome", "type"), fc.jsonValue()),
        fc.string(),
        (more, text) => {
          entry(attemptLine(more));
          entry(`Invoke Error ${text}`);
          entry(text);
        },
      ),
    );
  });
});

test.each([
  [{}, true],
  [{ consumer: "order-created", type: "order.created", outcome: "done", orderId: "ORDER1" }, true],
  [{ consumer: "notify-customer" }, false],
  [{ type: "order.confirmed" }, false],
  [{ outcome: "retry" }, false],
  [{ orderId: "ORDER2" }, false],
])("an entry matches the filter %j: %s", (filter, matches) => {
  const found = entry(attemptLine({}));

  expect(found !== undefined && matchesLive(found, filter)).toBe(matches);
});
