import { beforeEach, expect, test } from "vitest";
import type { Attributes } from "../../functions/middleware/attributes.ts";
import { created, order } from "../fixtures/events.ts";
import { ops, parked, redrive } from "./operator-api.ts";
import { simulateQueues } from "./queue-simulator.ts";
import { newRig, type Rig } from "./rig.ts";
import { refuse } from "./rig-rows.ts";

let rig: Rig;
beforeEach(async () => {
  rig = newRig();
  rig.tables.rows.orders.set(row.orderId, row);
  await rig.tables.stock.count("TEA-1", 5);
});

const row = order("1");
const event = created(row);
const rowOf = (key: string) => rig.tables.rows.failed.get(key);
const edit = (key: string, body: unknown) =>
  ops("POST /{failedKey}/edit", { key, body: { body: JSON.stringify(body), why: "w" } });

// https://github.com/Particular/ServiceControl/issues/4837, https://github.com/Particular/ServiceControl/issues/4841
test("K20: a message that was redriven and edited before, and failed again, is edited again", async () => {
  const { failedKey, body } = parked(rig, row, { body: `${JSON.stringify(event)} ` });
  refuse("orderStockStore.reserve");

  const acts = [
    () => redrive(failedKey),
    () => edit(failedKey, { ...event, more: 1 }),
    () => edit(failedKey, { ...event, more: 2 }),
  ];
  for (const act of acts) {
    expect(await act()).toMatchObject({ status: 200, body: { outcome: "sent" } });
    await simulateQueues(rig).drain();
    expect(rowOf(failedKey)).toMatchObject({ status: "OPEN", reason: "RETRIES_EXHAUSTED" });
  }

  rig.faults.before = () => {};
  expect(await edit(failedKey, { ...event, more: 3 })).toMatchObject({ body: { outcome: "sent" } });
  await simulateQueues(rig).drain();
  expect(rowOf(failedKey)).toMatchObject({
    status: "RESOLVED",
    body: JSON.stringify({ ...event, more: 3 }),
    originalBody: body,
  });
  expect(rig.tables.rows.failed.size).toBe(1);
});

// https://github.com/spring-projects/spring-kafka/pull/1996
test("K22: what travels with a message does not grow with each redrive that fails", async () => {
  const attributes: Attributes = {
    type: "order.created",
    ...Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`a${i}`, `${i}`])),
  };
  const { failedKey } = parked(rig, row, { attributes });
  refuse("orderStockStore.reserve");
  const sent: string[][] = [];
  const sizes: number[] = [];

  for (let time = 0; time < 60; time++) {
    await redrive(failedKey);
    sent.push(Object.keys(rig.queues.sent[0]?.attributes ?? {}).sort());
    await simulateQueues(rig).drain();
    sizes.push(JSON.stringify(rowOf(failedKey)).length);
  }

  const own = [...Object.keys(attributes), "dlqRetryCount", "redriveId", "failedKey"].sort();
  expect(new Set(sent.map((names) => names.join()))).toEqual(new Set([own.join()]));
  // The history keeps its last entries.
  expect(Math.max(...sizes.slice(-5)) - Math.min(...sizes.slice(-5))).toBeLessThan(200);
});
