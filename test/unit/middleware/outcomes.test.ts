import { describe, expect, test } from "vitest";
import { METRICS } from "../../../functions/contract/names.ts";
import { type Outcome, Unprocessable } from "../../../functions/middleware/outcome.ts";
import { reported, testConsumer } from "../../fakes/test-consumer.ts";
import { created, NOW, order } from "../../fixtures/events.ts";
import { context, type SqsRecordChanges, sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

const event = created(order("1"));
const error = new Error("not now");
const NO_OUTCOME = "Error: The handler returned no outcome for this record.";
const COUNTS = ["consumed", "duplicate", "ignored", "failed", "parked"] as const;

/** Runs one record with the given outcome, singly or as a batch of one, and returns all effects. */
async function run(mode: "one" | "many", ends: () => unknown, record: SqsRecordChanges = {}, isDown = false) {
  const handle =
    mode === "one" ? { one: async () => ends() as Outcome } : { many: async () => [ends() as Outcome] };
  const test = testConsumer(handle);
  test.failures.isDown = isDown;
  const response = await test.handler(sqsEvent(sqsRecord(event, { messageId: "m1", ...record })), context());
  const counted = COUNTS.filter((name) => test.out.total(METRICS[name]) === 1);
  return { response, notes: test.failures.notes, counted, lines: test.out.lines(), queues: test.queues };
}

describe.each(["one", "many"] as const)("a record handled as %s", (mode) => {
  test.each<[string, () => unknown, string, string[], string | undefined]>([
    ["done", () => ({ kind: "done" }), "consumed", [], undefined],
    ["a duplicate", () => ({ kind: "duplicate" }), "duplicate", [], undefined],
    ["ignored", () => ({ kind: "ignored", why: "superseded" }), "ignored", [], "superseded"],
    ["parked", () => ({ kind: "park", reason: "STATE_CONFLICT" }), "parked", ["park"], "STATE_CONFLICT"],
  ])("that is %s is acknowledged, counted and audited", async (_, ends, count, acts, why) => {
    const { response, notes, counted, lines } = await run(mode, ends);

    expect(response).toEqual(reported());
    expect(counted).toEqual([count]);
    expect(notes.map(({ act }) => act)).toEqual(acts);
    expect(lines).toEqual([
      {
        audit: "attempt",
        at: NOW,
        consumer: "test-consumer",
        type: "order.created",
        eventId: event.id,
        outcome: (ends() as Outcome).kind,
        ...(why === undefined ? {} : { why }),
        attempt: 1,
        ms: 0,
      },
    ]);
  });

  test.each<[string, () => unknown, string?]>([
    ["asks for a retry", () => ({ kind: "retry", error }), "Error: not now"],
    ["asks for one without a reason", () => ({ kind: "retry" })],
    ["asks for one with text", () => ({ kind: "retry", error: "ada@example.com waits" }), "[e-mail] waits"],
    [
      "C5: throws an unknown value",
      () => {
        throw error;
      },
      "Error: not now",
    ],
    [
      "throws undefined",
      () => {
        throw undefined;
      },
    ],
    ["C10: returns nothing", () => undefined, NO_OUTCOME],
    ["returns null", () => null, NO_OUTCOME],
    ["C4: returns an invalid outcome", () => ({ kind: "ok" }), NO_OUTCOME],
    ["returns a string", () => "done", NO_OUTCOME],
  ])("whose handler %s is reported, redelivered later, and audited with the reason", async (_, ends, why) => {
    const { response, notes, counted, lines, queues } = await run(mode, ends);

    expect(response).toEqual(reported("m1"));
    expect(counted).toEqual(["failed"]);
    expect(notes).toEqual([]);
    expect(lines.map(({ outcome, why }) => [outcome, why])).toEqual([["retry", why]]);
    expect(queues.visibility.get("receipt-of-m1")).toBe(lines[0]?.["retryInSeconds"]);
    expect(lines[0]?.["retryInSeconds"]).toEqual(expect.any(Number));
  });

  test("C6: whose handler throws Unprocessable is parked at its first attempt with its facts", async () => {
    const unprocessable = new Unprocessable("STATE_CONFLICT", "no");

    const { response, notes } = await run(
      mode,
      () => {
        throw unprocessable;
      },
      { attributes: { type: event.type } },
    );

    expect(response).toEqual(reported());
    expect(notes).toEqual([
      {
        act: "park",
        reason: "STATE_CONFLICT",
        error: unprocessable,
        message: {
          consumer: "test-consumer",
          source: "arn:aws:sqs:eu-central-1:000000000000:order-created",
          body: JSON.stringify(event),
          attributes: { type: "order.created" },
          eventId: event.id,
          eventType: "order.created",
          orderId: event.subject,
        },
      },
    ]);
  });

  test.each<[string, () => unknown, SqsRecordChanges]>([
    ["parking", () => ({ kind: "park", reason: "STATE_CONFLICT" }), {}],
    ["resolving a redriven message", () => ({ kind: "done" }), { attributes: { redriveId: "r" } }],
  ])("whose %s fails is reported", async (_, ends, record) => {
    const { response, counted } = await run(mode, ends, record, true);

    expect(response).toEqual(reported("m1"));
    expect(counted).toEqual(["failed"]);
  });

  test.each([
    ["dlqRetryCount", "done"],
    ["redriveId", "done"],
    ["redriveId", "duplicate"],
    ["redriveId", "ignored"],
  ])("a message with %s that is %s resolves its row before it is acknowledged", async (attribute, kind) => {
    const { response, notes } = await run(mode, () => ({ kind, why: "x" }), {
      attributes: { [attribute]: "1" },
    });

    expect(response).toEqual(reported());
    expect(notes).toMatchObject([{ act: "resolve", message: { eventId: event.id } }]);
  });

  test.each([
    [4, 0],
    [5, 1],
    [6, 1],
  ])("at receive %i of 5 stores %i reasons", async (receiveCount, reasons) => {
    const { response, notes, queues } = await run(mode, () => ({ kind: "retry", error }), { receiveCount });

    expect(response).toEqual(reported("m1"));
    expect(notes).toHaveLength(reasons);
    for (const note of notes)
      expect(note).toMatchObject({ act: "last-attempt", error, message: { eventId: event.id } });
    if (reasons === 1) expect(queues.visibility).toEqual(new Map([["receipt-of-m1", 0]]));
  });

  test("E2: whose last reason cannot be written is still reported", async () => {
    const { response, counted } = await run(
      mode,
      () => ({ kind: "retry", error }),
      { receiveCount: 5 },
      true,
    );

    expect(response).toEqual(reported("m1"));
    expect(counted).toEqual(["failed"]);
  });

  test("is redelivered after the requested seconds", async () => {
    const { queues } = await run(mode, () => ({ kind: "retry", error, afterSeconds: 77 }));

    expect(queues.visibility).toEqual(new Map([["receipt-of-m1", 77]]));
  });

  test.each([1, 2, 3, 4])("is redelivered within the back-off of receive %i", async (receiveCount) => {
    const { queues } = await run(mode, () => ({ kind: "retry" }), { receiveCount });

    expect(queues.visibility.get("receipt-of-m1")).toBeLessThanOrEqual(15 * 2 ** receiveCount);
  });
});

describe("a batch handler", () => {
  test.each<[string, unknown]>([
    ["too few outcomes", [{ kind: "done" }]],
    ["too many outcomes", [{ kind: "done" }, { kind: "done" }, { kind: "done" }]],
    ["no list", { 0: { kind: "done" }, 1: { kind: "done" }, length: 2 }],
    ["nothing", undefined],
  ])("C2: that returns %s acknowledges nothing", async (_, answer) => {
    const { handler, out } = testConsumer({ many: async () => answer as Outcome[] });
    const records = ["1", "2"].map((id) => sqsRecord(created(order(id)), { messageId: id }));

    const response = await handler(sqsEvent(...records), context());

    expect(response).toEqual(reported("1", "2"));
    expect(out.total(METRICS.failed)).toBe(2);
  });

  test("is not called where all records of the batch are malformed", async () => {
    let calls = 0;
    const { handler } = testConsumer({
      many: async () => {
        calls += 1;
        return [];
      },
    });

    await handler(sqsEvent(sqsRecord("{"), sqsRecord("")), context());

    expect(calls).toBe(0);
  });
});
