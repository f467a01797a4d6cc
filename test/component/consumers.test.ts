import { beforeEach, describe, expect, test } from "vitest";
import { METRICS } from "../../functions/contract/names.ts";
import type { Status } from "../../functions/contract/schemas.ts";
import { eventOf, type Order } from "../../functions/domain/order.ts";
import { reported } from "../fixtures/consumer.ts";
import { cancelled, created, line, order } from "../fixtures/events.ts";
import { type SqsRecordChanges, sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { invoke, newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
  rig.tables.rows.stock.set("TEA-1", { sku: "TEA-1", onHand: 10, held: 5, available: 5 });
});

const put = (row: Order) => {
  rig.tables.rows.orders.set(row.orderId, row);
  return row;
};
const stock = () => rig.tables.rows.stock.get("TEA-1");
const rowOf = (key: string) => rig.tables.rows.orders.get(order(key).orderId);
const failed = () => [...rig.tables.rows.failed.values()];
const outcomes = () => rig.out.lines().map((entry) => entry["outcome"]);
const refuse = (name: string, error: unknown) => {
  rig.faults.before = (call) => {
    if (call === name) throw error;
  };
};

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
  ])("B3, B4: meets %s", async (_, row, outcome, after, available) => {
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
  ])("D15: rejects an order with %s; it is done, not tried again", async (code, wanted) => {
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

  test("B1, B7: two instances that hold the same message take its stock once", async () => {
    put(order("1"));
    const event = sqsEvent(sqsRecord(created(order("1")), { messageId: "m" }));

    const responses = await Promise.all([invoke("order-created", event), invoke("order-created", event)]);

    expect(responses).toEqual([reported(), reported()]);
    expect(stock()).toMatchObject({ available: 4, held: 6 });
    expect(outcomes().sort()).toEqual(["done", "duplicate"]);
  });

  test("B14: a poison among nine good messages is parked, and they are done in one transaction", async () => {
    rig.tables.rows.stock.set("TEA-1", { sku: "TEA-1", onHand: 9, held: 0, available: 9 });
    const records = Array.from({ length: 9 }, (_, i) => sqsRecord(created(put(order(`${i}`)))));

    const response = await invoke(
      "order-created",
      sqsEvent(...records.slice(0, 4), sqsRecord("{"), ...records.slice(4)),
    );

    expect(response).toEqual(reported());
    expect(rig.calls.filter((name) => name === "ledger.reserve")).toHaveLength(1);
    expect(rig.out.total(METRICS.consumed)).toBe(9);
    expect(failed()).toMatchObject([{ reason: "MALFORMED_JSON", body: "{", status: "OPEN" }]);
  });

  test.each<[string, unknown]>([
    ["a throttle", Object.assign(new Error("slow"), { name: "ThrottlingException" })],
    ["a conflict that lasts", Object.assign(new Error("busy"), { name: "TransactionConflictException" })],
    [
      "a cancelled transaction without reasons",
      Object.assign(new Error("x"), { name: "TransactionCanceledException" }),
    ],
    ["a lost connection", Object.assign(new Error("reset"), { code: "ECONNRESET" })],
    ["a mistake of ours", new TypeError("undefined is not a function")],
  ])("D5, C5: %s is reported, never acknowledged, and changes nothing", async (_, error) => {
    put(order("1"));
    refuse("ledger.reserve", error);

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

  test("C6: the last attempt leaves its reason, without which nobody would know", async () => {
    put(order("1"));
    refuse("ledger.reserve", new Error("always"));

    await invoke("order-created", sqsEvent(sqsRecord(created(order("1")), { receiveCount: 5 })));

    expect(failed()).toMatchObject([
      { status: "RETRYING", reason: "RETRIES_EXHAUSTED", errorMessage: "always" },
    ]);
  });

  test("C9: a queue that takes no visibility changes nothing", async () => {
    refuse("ledger.reserve", new Error("down"));
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

  test("C7: with no time left nothing is started and all of it reported", async () => {
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
  ])("B5: meets %s", async (_, row, outcome, available) => {
    if (row !== undefined) put(order("1", row));
    const version = row?.version;
    const isParked = outcome === outcome.toUpperCase();

    const response = await invoke("order-cancelled", sqsEvent(sqsRecord(cancelled(order("1"), version))));

    expect(response).toEqual(reported());
    expect(outcomes()).toEqual([isParked ? "park" : outcome]);
    expect(failed().map(({ reason }) => reason)).toEqual(isParked ? [outcome] : []);
    expect(stock()?.available).toBe(available);
    // Releasing is no transition: it emits nothing.
    expect(rowOf("1")?.version).toBe(version ?? (row === undefined ? undefined : 1));
  });

  test("B5: ten copies in two batches give the stock back once", async () => {
    const row = put(order("1", { status: "CANCELLED", version: 3, stockHeld: true }));
    const copies = Array.from({ length: 5 }, () => sqsRecord(cancelled(row, 3)));

    await invoke("order-cancelled", sqsEvent(...copies));
    await invoke("order-cancelled", sqsEvent(...copies));

    expect(stock()).toEqual({ sku: "TEA-1", onHand: 10, held: 4, available: 6 });
    expect(outcomes().filter((outcome) => outcome === "done")).toHaveLength(1);
  });
});

describe("notify-customer", () => {
  const confirmed = (): Order => order("1", { status: "CONFIRMED", version: 2, stockHeld: true });
  const send = (row: Order, changes: SqsRecordChanges = {}) =>
    invoke("notify-customer", sqsEvent(sqsRecord(eventOf(row), { messageId: "m", ...changes })));
  const mails = () => rig.mailer.outbox.map(({ to, subject }) => [to, subject]);

  test.each<[Status, string]>([
    ["CONFIRMED", "is confirmed"],
    ["REJECTED", "could not be accepted"],
    ["CANCELLED", "is cancelled"],
  ])("sends one mail about a %s order, however often the event comes", async (status, words) => {
    const row = put(order("1", { status, version: 2 }));

    for (const messageId of ["m1", "m2", "m3"]) expect(await send(row, { messageId })).toEqual(reported());

    expect(mails()).toEqual([["ada@example.com", `Your order ${row.orderId} ${words}`]]);
    expect(outcomes()).toEqual(["done", "duplicate", "duplicate"]);
  });

  test("H1: parks a mail whose reply was lost, and never sends it again", async () => {
    const row = put(confirmed());
    rig.mailer.answer = () => ({ kind: "unknown", error: new Error("socket hang up") });

    const responses = [await send(row), await send(row, { messageId: "again" })];

    expect(responses).toEqual([reported(), reported()]);
    expect(mails()).toHaveLength(1);
    expect(failed()).toMatchObject([{ reason: "OUTCOME_UNKNOWN", status: "OPEN", failures: 2 }]);
  });

  test("H1: parks a mail that an earlier attempt claimed and never reported", async () => {
    const row = put(confirmed());
    rig.tables.rows.mails.set(eventOf(row).id, "sending");

    await send(row);

    expect(mails()).toEqual([]);
    expect(failed()).toMatchObject([{ reason: "OUTCOME_UNKNOWN" }]);
  });

  test("H2: keeps the message while the provider takes nothing, and sends it once it does", async () => {
    const row = put(confirmed());
    rig.mailer.answer = () => ({ kind: "not-sent", error: new Error("TooManyRequests") });
    const first = await send(row);
    rig.mailer.answer = () => ({ kind: "sent" });

    const second = await send(row, { receiveCount: 2 });

    expect([first, second]).toEqual([reported("m"), reported()]);
    expect(mails()).toHaveLength(1);
  });

  test("H3: parks a refused address at once, and leaves no claim behind", async () => {
    const row = put(confirmed());
    rig.mailer.answer = () => ({ kind: "refused", error: new Error("MessageRejected") });

    expect(await send(row)).toEqual(reported());

    expect(failed()).toMatchObject([{ reason: "REFUSED", errorMessage: "MessageRejected" }]);
    expect(rig.tables.rows.mails.size).toBe(0);
  });

  test("H4: ignores what the order has left behind, and waits for an order that is behind", async () => {
    put(order("1", { status: "CANCELLED", version: 3 }));
    const superseded = await send(confirmed());
    put(order("1"));
    const ahead = await send(confirmed());

    expect([superseded, ahead]).toEqual([reported(), reported("m")]);
    expect(rig.out.lines()).toMatchObject([{ outcome: "ignored", why: "superseded" }, { outcome: "retry" }]);
    expect(mails()).toEqual([]);
  });

  test("H1: a mark that is lost after the mail leaves the claim that stops every later copy", async () => {
    const row = put(confirmed());
    refuse("notifications.markSent", new Error("down"));
    const first = await send(row);
    rig.faults.before = () => {};
    await send(row);

    expect(first).toEqual(reported());
    expect(mails()).toHaveLength(1);
    expect(failed()).toMatchObject([{ reason: "OUTCOME_UNKNOWN" }]);
  });

  test("D7: parks the mail of an order that is not there", async () => {
    await send(confirmed());

    expect(failed()).toMatchObject([{ reason: "UNKNOWN_ORDER" }]);
  });
});

describe("J1: an address", () => {
  test("never reaches a log, a metric or an attribute, whatever fails", async () => {
    const canary = "ada@example.com";
    const noisy = () => new Error(`could not write ${canary}`);
    for (const call of [
      "ledger.reserve",
      "orders.getMany",
      "notifications.claim",
      "mailer.send",
      "queues.changeVisibility",
    ]) {
      refuse(call, noisy());
      const row = put(order(call));
      const confirmed = put(order(`${call} 2`, { status: "CONFIRMED", version: 2 }));
      await invoke("order-created", sqsEvent(sqsRecord(created(row), { receiveCount: 5 })));
      await invoke("notify-customer", sqsEvent(sqsRecord(eventOf(confirmed), { receiveCount: 5 })));
      await invoke("republish", {}).catch(() => undefined);
    }

    expect(rig.out.text()).not.toContain("ada@");
    expect(JSON.stringify(failed())).not.toContain("ada@");
    expect(failed().length).toBeGreaterThan(0);
    expect(rig.out.total(METRICS.received)).toBeGreaterThan(0);
  });
});
