import { beforeEach, describe, expect, test } from "vitest";
import { METRICS } from "../../functions/contract/names.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
import { reported } from "../fakes/test-consumer.ts";
import { cancelled, created, line, order } from "../fixtures/events.ts";
import { sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { invoke, newRig, type Rig } from "./rig.ts";
import { failed, outcomes, put, refuse } from "./rig-rows.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
  rig.tables.rows.stock.set("TEA-1", { sku: "TEA-1", onHand: 10, held: 5, available: 5 });
});

const stock = () => rig.tables.rows.stock.get("TEA-1");
const rowOf = (key: string) => rig.tables.rows.orders.get(order(key).orderId);

describe("order-created", () => {
  test.each<[string, Partial<Order> | undefined, string, Partial<Order> | undefined, number]>([
    ["no row", undefined, "UNKNOWN_ORDER", undefined, 5],
    ["PENDING", {}, "done", { status: "CONFIRMED", stockHeld: true, version: 2 }, 4],
    ["CONFIRMED", { status: "CONFIRMED", version: 2, stockHeld: true }, "duplicate", { version: 2 }, 5],
    ["REJECTED", { status: "REJECTED", version: 2 }, "duplicate", { version: 2 }, 5],
    [
      "CANCELLED, held",
      { status: "CANCELLED", version: 3, stockHeld: true },
      "duplicate",
      { version: 3, stockHeld: true },
      5,
    ],
    [
      "CANCELLED, never held",
      { status: "CANCELLED", version: 2 },
      "ignored",
      { status: "CANCELLED", version: 2 },
      5,
    ],
    [
      "CANCELLED, released",
      { status: "CANCELLED", version: 3, stockHeld: false },
      "duplicate",
      { stockHeld: false },
      5,
    ],
  ])("B3, B4: an order row with %s", async (_, row, outcome, after, available) => {
    if (row !== undefined) put(order("1", row));

    const response = await invoke("order-created", sqsEvent(sqsRecord(created(order("1")))));

    expect(response).toEqual(reported());
    const parked = failed().map(({ reason }) => reason);
    expect(parked).toEqual(outcome === "UNKNOWN_ORDER" ? ["UNKNOWN_ORDER"] : []);
    expect(outcomes()).toEqual([outcome === "UNKNOWN_ORDER" ? "park" : outcome]);
    if (after === undefined) expect(rowOf("1")).toBeUndefined();
    else expect(rowOf("1")).toMatchObject(after);
    expect(stock()?.available).toBe(available);
  });

  test.each([
    ["OUT_OF_STOCK", line({ quantity: 6 })],
    ["UNKNOWN_SKU", line({ sku: "NOPE" })],
  ])("D15: rejects an order with %s as done, without a retry", async (code, wanted) => {
    const row = put(order("1", {}, [wanted]));

    const response = await invoke("order-created", sqsEvent(sqsRecord(created(row))));

    expect(response).toEqual(reported());
    expect(rowOf("1")).toMatchObject({ status: "REJECTED", version: 2, reason: { code, sku: wanted.sku } });
    expect(stock()).toEqual({ sku: "TEA-1", onHand: 10, held: 5, available: 5 });
    expect(outcomes()).toEqual(["done"]);
  });

  test("G8: parks an event whose lines are not those of the order", async () => {
    put(order("1"));
    const event = created(order("1", {}, [line({ quantity: 2 })]));

    await invoke("order-created", sqsEvent(sqsRecord({ ...event, subject: order("1").orderId })));

    expect(failed()).toMatchObject([{ reason: "EVENT_CONTRADICTS_ORDER", status: "OPEN" }]);
    expect(rowOf("1")?.status).toBe("PENDING");
  });

  test("B1, B7: two instances that process the same message reserve its stock once", async () => {
    put(order("1"));
    const event = sqsEvent(sqsRecord(created(order("1")), { messageId: "m" }));

    const responses = await Promise.all([invoke("order-created", event), invoke("order-created", event)]);

    expect(responses).toEqual([reported(), reported()]);
    expect(stock()).toMatchObject({ available: 4, held: 6 });
    expect(outcomes().sort()).toEqual(["done", "duplicate"]);
  });

  test("B14: parks a poison among nine good messages, which are processed in one transaction", async () => {
    rig.tables.rows.stock.set("TEA-1", { sku: "TEA-1", onHand: 9, held: 0, available: 9 });
    const records = Array.from({ length: 9 }, (_, i) => sqsRecord(created(put(order(`${i}`)))));

    const response = await invoke(
      "order-created",
      sqsEvent(...records.slice(0, 4), sqsRecord("{"), ...records.slice(4)),
    );

    expect(response).toEqual(reported());
    expect(rig.calls.filter((name) => name === "orderStockStore.reserve")).toHaveLength(1);
    expect(rig.out.total(METRICS.consumed)).toBe(9);
    expect(failed()).toMatchObject([{ reason: "MALFORMED_JSON", body: "{", status: "OPEN" }]);
  });

  test.each<[string, unknown]>([
    ["a throttle", Object.assign(new Error("slow"), { name: "ThrottlingException" })],
    ["a lasting conflict", Object.assign(new Error("busy"), { name: "TransactionConflictException" })],
    [
      "a cancelled transaction without reasons",
      Object.assign(new Error("x"), { name: "TransactionCanceledException" }),
    ],
    ["a lost connection", Object.assign(new Error("reset"), { code: "ECONNRESET" })],
    ["a programming error", new TypeError("undefined is not a function")],
  ])("D5, C5: %s is reported, never acknowledged, and changes nothing", async (_, error) => {
    put(order("1"));
    refuse("orderStockStore.reserve", error);

    const response = await invoke(
      "order-created",
      sqsEvent(sqsRecord(created(order("1")), { messageId: "m" })),
    );

    expect(response).toEqual(reported("m"));
    expect(rowOf("1")?.status).toBe("PENDING");
    expect(failed()).toEqual([]);
    expect(rig.queues.visibility.has("receipt-of-m")).toBe(true);
    expect(rig.out.total(METRICS.failed)).toBe(1);
  });

  test("C6: the last attempt stores its reason", async () => {
    put(order("1"));
    refuse("orderStockStore.reserve", new Error("always"));

    await invoke("order-created", sqsEvent(sqsRecord(created(order("1")), { receiveCount: 5 })));

    expect(failed()).toMatchObject([
      { status: "RETRYING", reason: "RETRIES_EXHAUSTED", errorMessage: "always" },
    ]);
  });

  test("C9: a failing ChangeMessageVisibility changes nothing", async () => {
    refuse("orderStockStore.reserve", new Error("down"));
    const { before } = rig.faults;
    rig.faults.before = (name) => {
      if (name === "queues.changeVisibility") throw new Error("down");
      return before(name);
    };

    const response = await invoke(
      "order-created",
      sqsEvent(sqsRecord(created(put(order("1"))), { messageId: "m" })),
    );

    expect(response).toEqual(reported("m"));
  });

  test("C7: starts nothing and reports every message when no time is left", async () => {
    const event = sqsEvent(sqsRecord(created(put(order("1"))), { messageId: "m" }));

    expect(await invoke("order-created", event, 900)).toEqual(reported("m"));
    expect(rig.calls).toEqual(["queues.changeVisibility"]);
  });
});

describe("order-cancelled", () => {
  test.each<[string, Partial<Order> | undefined, string, number]>([
    ["no row", undefined, "UNKNOWN_ORDER", 5],
    ["PENDING", {}, "STATE_CONFLICT", 5],
    ["CONFIRMED", { status: "CONFIRMED", version: 2, stockHeld: true }, "STATE_CONFLICT", 5],
    ["REJECTED", { status: "REJECTED", version: 2 }, "STATE_CONFLICT", 5],
    ["CANCELLED, held", { status: "CANCELLED", version: 3, stockHeld: true }, "done", 6],
    ["CANCELLED, never held", { status: "CANCELLED", version: 2 }, "done", 5],
    ["CANCELLED, released", { status: "CANCELLED", version: 3, stockHeld: false }, "duplicate", 5],
  ])("B5: an order row with %s", async (_, row, outcome, available) => {
    if (row !== undefined) put(order("1", row));
    const version = row?.version;
    const isParked = outcome === outcome.toUpperCase();

    const response = await invoke("order-cancelled", sqsEvent(sqsRecord(cancelled(order("1"), version))));

    expect(response).toEqual(reported());
    expect(outcomes()).toEqual([isParked ? "park" : outcome]);
    expect(failed().map(({ reason }) => reason)).toEqual(isParked ? [outcome] : []);
    expect(stock()?.available).toBe(available);
    // A release is not a transition and emits no event.
    expect(rowOf("1")?.version).toBe(version ?? (row === undefined ? undefined : 1));
  });

  test("B5: ten duplicates in two batches release the stock once", async () => {
    const row = put(order("1", { status: "CANCELLED", version: 3, stockHeld: true }));
    const records = Array.from({ length: 5 }, () => sqsRecord(cancelled(row, 3)));

    await invoke("order-cancelled", sqsEvent(...records));
    await invoke("order-cancelled", sqsEvent(...records));

    expect(stock()).toEqual({ sku: "TEA-1", onHand: 10, held: 4, available: 6 });
    expect(outcomes().filter((outcome) => outcome === "done")).toHaveLength(1);
  });
});
