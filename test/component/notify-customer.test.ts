import { beforeEach, describe, expect, test } from "vitest";
import { METRICS } from "../../functions/contract/names.ts";
import type { Status } from "../../functions/contract/order-status.ts";
import { eventOf, type Order } from "../../functions/orders/domain/order.ts";
import { reported } from "../fakes/test-consumer.ts";
import { created, order } from "../fixtures/events.ts";
import { type SqsRecordChanges, sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { invoke, newRig, queueUrlOf, type Rig } from "./rig.ts";
import { failed, outcomes, put, refuse } from "./rig-rows.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
  rig.tables.rows.stock.set("TEA-1", { sku: "TEA-1", onHand: 10, held: 5, available: 5 });
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
  ])("sends one mail about a %s order for any number of deliveries", async (status, words) => {
    const row = put(order("1", { status, version: 2 }));

    for (const messageId of ["m1", "m2", "m3"]) expect(await send(row, { messageId })).toEqual(reported());

    expect(mails()).toEqual([["ada@example.com", `Your order ${row.orderId} ${words}`]]);
    expect(outcomes()).toEqual(["done", "duplicate", "duplicate"]);
  });

  test("H1: parks a mail whose reply was lost and never repeats it", async () => {
    const row = put(confirmed());
    rig.mailer.answer = () => ({ kind: "unknown", error: new Error("socket hang up") });

    const responses = [await send(row), await send(row, { messageId: "again" })];

    expect(responses).toEqual([reported(), reported()]);
    expect(mails()).toHaveLength(1);
    expect(failed()).toMatchObject([{ reason: "OUTCOME_UNKNOWN", status: "OPEN", failures: 2 }]);
  });

  test("H1: parks a mail that an earlier attempt claimed without an outcome", async () => {
    const row = put(confirmed());
    rig.tables.rows.mails.set(eventOf(row).id, "sending");

    await send(row);

    expect(mails()).toEqual([]);
    expect(failed()).toMatchObject([{ reason: "OUTCOME_UNKNOWN" }]);
  });

  test("H2: retries the message while the provider is down and sends the mail afterwards", async () => {
    const row = put(confirmed());
    rig.mailer.answer = () => ({ kind: "not-sent", error: new Error("TooManyRequests") });
    const first = await send(row);
    rig.mailer.answer = () => ({ kind: "sent" });

    const second = await send(row, { receiveCount: 2 });

    expect([first, second]).toEqual([reported("m"), reported()]);
    expect(mails()).toHaveLength(1);
  });

  test("H2: a mail that is throttled at its last receive is sent to its queue again, and counts as no attempt", async () => {
    const row = put(confirmed());
    rig.mailer.answer = () => ({ kind: "throttled", error: new TypeError("rate for ada@example.com") });
    const attributes = { dlqRetryCount: "2", failedKey: "notify-customer~x" };

    expect(await send(row, { receiveCount: 5, attributes })).toEqual(reported());

    const { queueUrl, body, attributes: sent, delaySeconds } = rig.queues.sent[0] ?? {};
    expect({ queueUrl, body, sent }).toEqual({
      queueUrl: queueUrlOf("its-own"),
      body: JSON.stringify(eventOf(row)),
      sent: expect.objectContaining(attributes),
    });
    expect(delaySeconds).toBeGreaterThanOrEqual(300);
    expect(delaySeconds).toBeLessThanOrEqual(900);
    expect(failed()).toEqual([]);
    expect(rig.tables.rows.mails.size).toBe(0);
    expect(rig.out.total(METRICS.mailsThrottled)).toBe(3);
    expect(rig.out.lines().at(-1)).toMatchObject({ outcome: "ignored", why: "postponed: TypeError" });
    expect(rig.out.text()).not.toContain("ada@example.com");
  });

  test("H2: a throttled mail that cannot be postponed is retried, and stored at its last receive", async () => {
    const row = put(confirmed());
    rig.mailer.answer = () => ({ kind: "throttled", error: new Error("rate") });
    rig.faults.before = (call) => {
      if (call === "queues.send") throw new Error("down");
    };

    expect(await send(row)).toEqual(reported("m"));
    expect(failed()).toEqual([]);
    expect(await send(row, { receiveCount: 5 })).toEqual(reported("m"));

    expect(failed()).toMatchObject([{ status: "RETRYING", errorMessage: "rate" }]);
  });

  test("H2: a mail is sent once the throttle ends within the invocation", async () => {
    const row = put(confirmed());
    let attempts = 0;
    rig.mailer.answer = () =>
      ++attempts < 3 ? { kind: "throttled", error: new Error("rate") } : { kind: "sent" };

    expect(await send(row)).toEqual(reported());

    expect(mails()).toHaveLength(1);
    expect(rig.queues.sent).toEqual([]);
    expect(outcomes()).toEqual(["done"]);
  });

  test("H3: parks a refused address at once and removes its claim", async () => {
    const row = put(confirmed());
    rig.mailer.answer = () => ({ kind: "refused", error: new Error("MessageRejected") });

    expect(await send(row)).toEqual(reported());

    expect(failed()).toMatchObject([{ reason: "REFUSED", errorMessage: "MessageRejected" }]);
    expect(rig.tables.rows.mails.size).toBe(0);
  });

  test("H1, H4: parks a mail of unknown outcome although the order has a later status", async () => {
    put(order("1", { status: "CANCELLED", version: 3 }));
    rig.tables.rows.mails.set(eventOf(confirmed()).id, "sending");

    await send(confirmed());

    expect(failed()).toMatchObject([{ reason: "OUTCOME_UNKNOWN" }]);
    expect(mails()).toEqual([]);
  });

  test("D7, H4: ignores an event of an earlier version than the order, and retries one of a later version", async () => {
    put(order("1", { status: "CANCELLED", version: 3 }));
    const superseded = await send(confirmed());
    put(order("1"));
    const ahead = await send(confirmed());

    expect([superseded, ahead]).toEqual([reported(), reported("m")]);
    expect(rig.out.lines()).toMatchObject([{ outcome: "ignored", why: "superseded" }, { outcome: "retry" }]);
    expect(mails()).toEqual([]);
  });

  test("H1, H4: after a delivery skipped the mail as superseded, a delivery with an older read of the order cannot claim it", async () => {
    const row = put(confirmed());
    let isLate = true;
    rig.faults.before = async (call) => {
      if (call !== "notifications.claim" || !isLate) return;
      isLate = false;
      put(order("1", { status: "CANCELLED", version: 3 }));
      responses.push(await send(row, { messageId: "meanwhile" }));
    };
    const responses: unknown[] = [];

    responses.push(await send(row));

    expect(responses).toEqual([reported(), reported()]);
    expect(outcomes()).toEqual(["ignored"]);
    expect(mails()).toEqual([]);
    expect(rig.tables.rows.mails.get(eventOf(row).id)).toBe("skipped");
  });

  test("H1: a failed mark after the mail is parked at once, and the claim stops every later delivery", async () => {
    const row = put(confirmed());
    refuse("notifications.markSent", new Error("down"));
    const first = await send(row);
    expect(failed()).toMatchObject([
      { reason: "OUTCOME_UNKNOWN", errorMessage: expect.stringContaining("The mail was sent") },
    ]);
    rig.faults.before = () => {};
    await send(row);

    expect(first).toEqual(reported());
    expect(mails()).toHaveLength(1);
    expect(failed()).toMatchObject([{ reason: "OUTCOME_UNKNOWN" }]);
  });

  test("H1: a mark that is written at the second attempt leaves no open row", async () => {
    const row = put(confirmed());
    let attempts = 0;
    rig.faults.before = (call) => {
      if (call === "notifications.markSent" && ++attempts === 1) throw new Error("down");
    };

    await send(row);

    expect(failed()).toEqual([]);
    expect(rig.tables.rows.mails.get(eventOf(row).id)).toBe("sent");
  });

  test("parks the mail of a missing order", async () => {
    await send(confirmed());

    expect(failed()).toMatchObject([{ reason: "UNKNOWN_ORDER" }]);
  });
});

describe("J1: an address", () => {
  test("is in no log, metric or attribute, after any failure", async () => {
    const canary = "ada@example.com";
    const noisy = () => new Error(`could not write ${canary}`);
    for (const call of [
      "orderStockStore.reserve",
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
      await invoke("maintenance", {}).catch(() => undefined);
    }

    expect(rig.out.text()).not.toContain("ada@");
    expect(JSON.stringify(failed())).not.toContain("ada@");
    expect(failed().length).toBeGreaterThan(0);
    expect(rig.out.total(METRICS.received)).toBeGreaterThan(0);
  });
});
