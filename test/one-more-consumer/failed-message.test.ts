import { expect, test } from "vitest";
import { QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { discardConsequences } from "../../functions/failures/domain/discard-consequences.ts";
import { checkEffect } from "../../functions/failures/domain/effect-check.ts";
import { gatherEvidence } from "../../functions/failures/gather-evidence.ts";
import { sweepFailedMessages } from "../../functions/failures/maintenance/sweep-failed-messages.ts";
import { eventOf } from "../../functions/orders/domain/order.ts";
import { memoryTables } from "../fakes/memory-tables.ts";
import { NOW, order } from "../fixtures/events.ts";
import { failedRow } from "../fixtures/failed-rows.ts";

const row = order("1", { status: "CONFIRMED", version: 2, stockHeld: true });
const { id, type } = eventOf(row);

function parked(consumer: string) {
  return failedRow({
    consumer,
    failedKey: `${consumer}~${id}`,
    eventId: id,
    eventType: type,
    orderId: row.orderId,
    reason: "RETRIES_EXHAUSTED",
  });
}

function tablesWith(...consumers: readonly string[]) {
  const tables = memoryTables(() => NOW);
  tables.rows.orders.set(row.orderId, row);
  for (const consumer of consumers) tables.rows.marks.set(`${id} ${consumer}`, NOW);
  return tables;
}

test("without a mark the effect of a message is missing, whatever the order status", async () => {
  const evidence = await gatherEvidence(tablesWith("another"), parked("extra-reader"));

  expect(checkEffect(parked("extra-reader"), evidence).effect).toBe("missing");
  expect(discardConsequences(parked("extra-reader"), evidence)).toEqual([
    `No points are booked for order.confirmed of order ${row.orderId}.`,
  ]);
});

test("a mark shows the effect, and nothing stays undone", async () => {
  const evidence = await gatherEvidence(tablesWith("extra-reader"), parked("extra-reader"));

  expect(checkEffect(parked("extra-reader"), evidence)).toEqual({
    effect: "done",
    because: "the event is marked as done",
  });
  expect(discardConsequences(parked("extra-reader"), evidence)).toEqual([]);
});

test("an event that was not published lacks its effect until each subscriber has it", async () => {
  const others = QUEUE_CONSUMERS.filter((name: string) => name !== "extra-reader");
  const tables = tablesWith(...others);
  const unpublished = parked("publish-events");
  const effect = async () => checkEffect(unpublished, await gatherEvidence(tables, unpublished)).effect;

  tables.rows.mails.set(id, "sent");
  expect(await effect()).toBe("missing");
  tables.rows.marks.set(`${id} extra-reader`, NOW);
  expect(await effect()).toBe("done");
});

test("maintenance resolves a parked message once its mark exists", async () => {
  const tables = tablesWith("extra-reader");
  const message = parked("extra-reader");
  tables.rows.failed.set(message.failedKey, message);
  const clock = { now: () => NOW, random: () => 0, sleep: async () => {} };

  const sweep = sweepFailedMessages({
    ...tables,
    clock,
    audit: () => {},
    newId: () => "w",
    returnWithinSeconds: 3_600,
  });
  await sweep(NOW + 10_000);

  expect(tables.rows.failed.get(message.failedKey)).toMatchObject({ status: "RESOLVED" });
});
