import { describe, expect, test } from "vitest";
import { QUEUE_CONSUMERS } from "../../../functions/consumers/consumers.ts";
import { checkEffect } from "../../../functions/failures/domain/effect-check.ts";
import { failedKeyOf } from "../../../functions/failures/domain/failed-message.ts";
import { transition } from "../../../functions/failures/domain/failed-transition.ts";
import { park, retry } from "../../../functions/middleware/outcome.ts";
import { sha256 } from "../../../functions/middleware/sha256.ts";
import { composeMail } from "../../../functions/orders/domain/notification.ts";
import { eventOf } from "../../../functions/orders/domain/order.ts";
import { created, order } from "../../fixtures/events.ts";
import { at, facts, failedRow } from "../../fixtures/failed-rows.ts";
import { undoneForOthers } from "../../fixtures/other-consumers.ts";

/** Unknown fields are omitted, because DynamoDB refuses `undefined`. */
describe("omits unknown fields", () => {
  test("of an outcome", () => {
    expect(retry("e")).toStrictEqual({ kind: "retry", error: "e" });
    expect(park("EXPIRED")).toStrictEqual({ kind: "park", reason: "EXPIRED" });
  });

  test("of a row: a missing error", () => {
    const { errorName: _, errorMessage: __, ...bare } = failedRow();
    const row = transition(bare, { kind: "park", reason: "EXPIRED" }, at(60));

    expect(row).not.toHaveProperty("errorName");
    expect(row).not.toHaveProperty("errorMessage");
  });

  test("of its history: a missing reason", () => {
    const redrive = { kind: "redrive", generation: 1, redriveId: "r", by: "ops" } as const;
    const entry = { at: "2026-01-01T12:01:00.000Z", by: "ops", act: "redrive", writeId: "write-60" };

    expect(transition(failedRow(), redrive, at(60))?.history.at(-1)).toStrictEqual(entry);
    expect(transition(failedRow(), { ...redrive, why: "w" }, at(60))?.history.at(-1)).toStrictEqual({
      ...entry,
      why: "w",
    });
  });
});

describe("a failed message", () => {
  test("the history keeps the last 50 entries", () => {
    const history = Array.from({ length: 50 }, (_, i) => ({
      at: "",
      by: String(i),
      act: "undo",
      writeId: "",
    }));

    const row = transition(failedRow({ history }), { kind: "resolve-open" }, at(60));

    expect(row?.history).toHaveLength(50);
    expect(row?.history.at(0)?.by).toBe("1");
    expect(row?.history.at(-1)?.by).toBe("effect check");
  });

  const message = { ...facts(), failedKey: failedKeyOf(facts()) };
  const edited = {
    body: "new",
    eventId: "id",
    eventType: "order.cancelled",
    orderId: "order",
  };
  const redrive = { kind: "redrive", generation: 1, redriveId: "r", by: "ops", edited } as const;

  test("whose last attempt failed is reported with the reason of the error", () => {
    const row = transition(undefined, { kind: "last-attempt", error: new TypeError("no") }, at(0), message);

    expect(row).toMatchObject({
      reason: "RETRIES_EXHAUSTED",
      errorName: "TypeError",
      failures: 1,
      generation: 0,
    });
  });

  test("that is edited has its new body and keeps the original one", () => {
    const once = transition(failedRow(), redrive, at(60));
    const twice =
      once &&
      transition({ ...once, status: "OPEN" }, { ...redrive, edited: { ...edited, body: "newer" } }, at(120));

    expect(once).toMatchObject({
      ...edited,
      bodyHash: sha256("new"),
      originalBody: message.body,
      attributes: { type: "order.cancelled" },
      status: "REDRIVEN",
      history: [{ act: "park" }, { act: "edit and redrive" }],
    });
    expect(twice).toMatchObject({ body: "newer", bodyHash: sha256("newer"), originalBody: message.body });
  });

  test("is reopened only from the redrive that could not send it", () => {
    const row = failedRow({ redriveId: "mine" }, "REDRIVEN");
    const sendFailed = (redriveId: string) =>
      transition(row, { kind: "send-failed", redriveId, error: new Error("no queue") }, at(60));

    expect(sendFailed("mine")).toMatchObject({ status: "OPEN", errorMessage: "no queue" });
    expect(sendFailed("another")).toBeUndefined();
  });
});

test("an event id of another kind shows no effect", () => {
  const row = failedRow({ consumer: "notify-customer" });
  const { eventId: _, ...nameless } = row;

  expect(checkEffect(nameless, { order: order("1"), notification: "sent", marks: new Set() }).effect).toBe(
    "unknown",
  );
});

test("a parked order.cancelled of an order that holds stock is needed, for any outcome of its mail", () => {
  const parked = failedRow({ consumer: "publish-events", eventType: "order.cancelled" });
  const holding = order("1", { status: "CANCELLED", version: 3, stockHeld: true });

  expect(checkEffect(parked, { order: holding, notification: "none", marks: new Set() }).effect).toBe(
    "missing",
  );
  const released = {
    order: { ...holding, stockHeld: false },
    notification: "none",
    marks: new Set(QUEUE_CONSUMERS),
  } as const;
  const areOthersDone = undoneForOthers(parked, released).length === 0;
  expect(checkEffect(parked, released).effect).toBe(areOthersDone ? "done" : "missing");
});

test("a mail for a status without its own text reports that the order has changed", () => {
  const row = order("1");

  expect(composeMail(created(row), row).subject).toBe(`Your order ${row.orderId} has changed`);
});

test("a mail writes large amounts without separators", () => {
  const row = order("1", { status: "CONFIRMED", version: 2, minorUnits: 123_456_789 });

  expect(composeMail(eventOf(row), row).text).toContain("Total: 1234567.89 EUR");
});
