import { beforeEach, describe, expect, test } from "vitest";
import { failedKeyOf } from "../../functions/failures/domain/failed-message.ts";
import { cancelled, created, order } from "../fixtures/events.ts";
import { facts } from "../fixtures/failed-rows.ts";
import { ops, parked, redrive } from "./operator-api.ts";
import { newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const row = order("1");
const rowOf = (key: string) => rig.tables.rows.failed.get(key);
const put = (changes: Partial<typeof row> = {}) =>
  rig.tables.rows.orders.set(row.orderId, { ...row, ...changes });
const whyOf = async (key: string) => (await ops("GET /{failedKey}", { key })).body["why"];

describe("why a message failed", () => {
  test.each([
    ["PENDING", { effect: "missing", because: "the order is PENDING", redriveWould: "send" }],
    ["CONFIRMED", { effect: "done", because: "the order is CONFIRMED", redriveWould: "resolve" }],
    ["CANCELLED", { effect: "done", because: "the order is CANCELLED", redriveWould: "resolve" }],
  ] as const)("its order is %s", async (status, expected) => {
    put({ status, version: 2 });
    const { failedKey } = parked(rig, row);

    expect(await whyOf(failedKey)).toEqual({
      reason: "UNKNOWN_ORDER",
      meaning: "The order of this event does not exist.",
      isInDoubt: false,
      ...expected,
    });
  });

  test("names what differs where the event contradicts its order, and never the customer", async () => {
    put({
      customerId: "customer-of-the-row",
      lines: [{ sku: "tea", quantity: 1, unitPrice: 250 }],
      minorUnits: 250,
    });
    const event = created(row);
    const lines = [
      { sku: "cup", quantity: 1, unitPrice: 900 },
      { sku: "tea", quantity: 3, unitPrice: 250 },
    ];
    const amount = { ...event.data.amount, minorUnits: 1_650 };
    const { failedKey } = parked(rig, row, {
      reason: "EVENT_CONTRADICTS_ORDER",
      body: JSON.stringify({ ...event, data: { ...event.data, lines, amount } }),
    });

    expect((await whyOf(failedKey)) as object).toMatchObject({
      differences: [
        "cup: 1 at 900 in the event, none in the order",
        "tea: 3 at 250 in the event, 1 at 250 in the order",
        "amount: 1650 EUR in the event, 250 EUR in the order",
      ],
      effect: "missing",
      because: "the order is PENDING, with other lines",
      redriveWould: "send",
      whyNot: expect.stringContaining("It fails again as EVENT_CONTRADICTS_ORDER"),
    });
  });

  test("reports the effect as unknown without an order", async () => {
    const { failedKey } = parked(rig, row);

    const warning = expect.stringContaining("fails again as UNKNOWN_ORDER");
    expect(await whyOf(failedKey)).toMatchObject({
      effect: "unknown",
      redriveWould: "send",
      whyNot: warning,
    });
    expect((await redrive(failedKey, { dryRun: true })).body).toMatchObject({
      outcome: "would send",
      because: warning,
    });
  });

  test("is shown while orders cannot be read; only actions are refused", async () => {
    const { failedKey } = parked(rig, row);
    rig.faults.before = (call) => {
      if (call === "orders.get") throw Object.assign(new Error("slow"), { name: "ThrottlingException" });
    };

    expect(await whyOf(failedKey)).toMatchObject({ reason: "UNKNOWN_ORDER", effect: "unknown" });
    expect((await redrive(failedKey)).status).toBe(503);
    expect(rowOf(failedKey)?.status).toBe("OPEN");
  });

  test("a mail that may have been sent is never repeated by a redrive", async () => {
    const event = cancelled(row);
    put({ status: "CANCELLED", version: 2 });
    rig.tables.rows.mails.set(event.id, "sending");
    const message = facts({ consumer: "notify-customer", body: JSON.stringify(event), eventId: event.id });
    const { failedKey } = parked(rig, row, {
      ...message,
      eventType: event.type,
      failedKey: failedKeyOf(message),
      reason: "OUTCOME_UNKNOWN",
    });

    expect(await whyOf(failedKey)).toMatchObject({
      isInDoubt: true,
      effect: "unknown",
      redriveWould: "refuse",
      whyNot: expect.stringContaining("may have been sent"),
    });
    expect(await redrive(failedKey)).toMatchObject({ status: 422, body: { code: "REDRIVE_REFUSED" } });
    expect(rig.queues.sent).toEqual([]);
    expect(rowOf(failedKey)?.status).toBe("OPEN");
  });
});
