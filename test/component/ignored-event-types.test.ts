import { beforeEach, describe, expect, test } from "vitest";
import { type QueueConsumer, SUBSCRIPTIONS } from "../../functions/consumers/consumers.ts";
import { METRICS } from "../../functions/contract/names.ts";
import type { Status } from "../../functions/contract/order-status.ts";
import { DONE } from "../../functions/middleware/outcome.ts";
import { eventOf } from "../../functions/orders/domain/order.ts";
import { ignoreOtherTypes } from "../../functions/orders/ignore-other-types.ts";
import { reported } from "../fakes/test-consumer.ts";
import { created, order } from "../fixtures/events.ts";
import { sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { invoke, newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const STATUS_OF: Readonly<Record<string, Status>> = {
  "order.created": "PENDING",
  "order.confirmed": "CONFIRMED",
  "order.rejected": "REJECTED",
  "order.cancelled": "CANCELLED",
};
const CASES = (Object.keys(SUBSCRIPTIONS) as QueueConsumer[]).flatMap((name) =>
  Object.keys(STATUS_OF)
    .filter((type) => !(SUBSCRIPTIONS[name] as readonly string[]).includes(type))
    .map((type) => [name, type] as const),
);

describe("a consumer whose filter is too wide", () => {
  test.each(CASES)("B11: %s ignores %s: no call, no mail, nothing parked", async (name, type) => {
    const row = order("1", { status: STATUS_OF[type] ?? "PENDING" });
    rig.tables.rows.orders.set(row.orderId, row);

    const response = await invoke(name, sqsEvent(sqsRecord(eventOf(row))));

    expect(response).toEqual(reported());
    expect(rig.calls).toEqual([]);
    expect(rig.out.lines()).toMatchObject([{ outcome: "ignored", why: "type not ours", type }]);
    expect(rig.out.total(METRICS.ignored, type)).toBe(1);
  });

  test("B11: handles its own events among them", async () => {
    const [own, other] = [order("1"), order("2", { status: "CONFIRMED", version: 2 })];
    for (const row of [own, other]) rig.tables.rows.orders.set(row.orderId, row);
    await rig.tables.stock.count("TEA-1", 5);

    const records = [eventOf(other), eventOf(own), eventOf(other)].map((event) => sqsRecord(event));
    await invoke("order-created", sqsEvent(...records));

    expect(rig.tables.rows.orders.get(own.orderId)?.status).toBe("CONFIRMED");
    expect(rig.out.total(METRICS.ignored)).toBe(2);
    expect(rig.out.total(METRICS.consumed)).toBe(1);
  });
});

test.each([0, 2])("ignoreOtherTypes: %i outcomes for one event count as none", async (count) => {
  const handle = ignoreOtherTypes(["order.created"], async () => Array(count).fill(DONE));

  await expect(handle([created(order("1"))], 0)).rejects.toThrow("another number");
});
