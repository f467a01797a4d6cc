import { type QueueConsumer, subscribersOf } from "../../../../functions/consumers/consumers.ts";
import { isUnfinished } from "../../../../functions/contract/order-status.ts";
import type { FailedMessage } from "../../../../functions/failures/domain/failed-message.ts";
import { type EventConsumer, isBrokerConsumer, routeTo } from "../cloud/consumers.ts";
import { EFFECTS, effectOf } from "../effects.ts";
import type { KnownEvent } from "../oracle.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { assertInvariant } from "../violation.ts";

/** The invariants after each step; checked where a step wrote state that they depend on. */
export function stepCheck(system: SimulatedSystem): () => void {
  const { tables, oracle, crashed, mailbox } = system;
  let writes = 1;
  const { orders, stock, failed, own } = tables.rows;
  for (const written of [orders, stock, failed, own, crashed, mailbox.delivered, oracle.inFlight]) {
    countWrites(written, () => {
      writes += 1;
    });
  }
  let checked = 0;
  return () => {
    const version =
      writes +
      oracle.passed["publish-events"].size +
      oracle.passed["publish-to-kafka"].size +
      tables.changes.length;
    if (version === checked) return;
    checked = version;
    oracle.refresh();
    checkStock(system);
    checkMails(system);
    checkEffects(system);
    checkPlaces(system);
  };
}

/** Overrides the methods of the map, so that writes are counted. */
function countWrites(map: Map<string, unknown>, wrote: () => void): void {
  const { set, delete: remove } = Map.prototype;
  map.set = (key, value) => {
    wrote();
    return set.call(map, key, value);
  };
  map.delete = (key) => {
    wrote();
    return remove.call(map, key);
  };
}

/** I1: held stock is that of confirmed orders, and the rest is available. I2: nothing is below zero. */
function checkStock({ tables }: SimulatedSystem): void {
  const { orders, stock } = tables.rows;
  for (const { sku, onHand, held, available } of stock.values()) {
    let owed = 0;
    for (const order of orders.values()) {
      if (order.stockHeld !== true) continue;
      for (const line of order.lines) if (line.sku === sku) owed += line.quantity;
    }
    assertInvariant(
      held === owed && available + held === onHand,
      "I1",
      () => `${sku}: onHand ${onHand}, held ${held}, available ${available}, and orders hold ${owed}`,
    );
    assertInvariant(available >= 0 && held >= 0, "I2", () => `${sku}: held ${held}, available ${available}`);
  }
}

/** I9: no mail is sent twice. */
function checkMails({ mailbox }: SimulatedSystem): void {
  for (const [subject, count] of mailbox.delivered)
    assertInvariant(count <= 1, "I9", () => `${count} mails "${subject}"`);
}

/** ONCE: no event has its effect twice. */
function checkEffects({ tables }: SimulatedSystem): void {
  for (const [row, { [EFFECTS]: count }] of tables.rows.own)
    assertInvariant(Number(count) <= 1, "ONCE", () => `${row} has its effect ${count} times`);
}

/** I4 and I12: each event is done or in flight for each of its consumers, or lost by a queue and in the index of maintenance. */
function checkPlaces(system: SimulatedSystem): void {
  for (const [id, known] of system.oracle.events) {
    for (const alternatives of known.requiredConsumers) {
      const isSomewhere = alternatives.some(
        (consumer) => isDone(system, consumer, known) || locationOf(system, consumer, id) !== undefined,
      );
      assertInvariant(
        isSomewhere || isReconciled(system, id),
        "I4",
        () => `${id} is lost for ${alternatives.join(" and ")}`,
      );
    }
  }
}

/** Whether a queue lost a message of an event whose effect is missing, so that maintenance has to publish it again. */
export function isReconciled({ oracle, tables }: SimulatedSystem, id: string): boolean {
  const { event } = oracle.events.get(id) ?? {};
  const order = tables.rows.orders.get(event?.subject ?? "");
  const isLatest = order !== undefined && order.version === event?.data.orderVersion;
  return oracle.purged.has(id) && isLatest && isUnfinished(order);
}

/** I18: a row is resolved only where the effect is done or no longer wanted. */
export function checkResolved(system: SimulatedSystem, row: FailedMessage): void {
  const { oracle } = system;
  const known = oracle.events.get(oracle.eventOfBody(row.body) ?? "");
  const consumer = known?.consumers.find((name) => name === row.consumer);
  if (row.status !== "RESOLVED" || known === undefined || consumer === undefined) return;
  const message = () => `${row.failedKey} is resolved, and its effect is missing`;
  assertInvariant(isDone(system, consumer, known), "I18", message);
}

/** Whether the effect of an event is done, or no longer wanted. */
export function isDone(system: SimulatedSystem, consumer: EventConsumer, known: KnownEvent): boolean {
  if (!isBrokerConsumer(consumer)) return effectOf(consumer).isDone(system, known);
  const replaced = subscribersOf(known.event.type).filter(({ alsoByBrokers }) => alsoByBrokers);
  return replaced.every(({ name }) => effectOf(name as QueueConsumer).isDone(system, known));
}

/** Whether the tables show the effect, so that maintenance resolves its row. */
export function isShown(consumer: EventConsumer): boolean {
  return isBrokerConsumer(consumer) || effectOf(consumer).isShown;
}

/** The location of an event that is not done; `undefined` where it is lost. */
export function locationOf(system: SimulatedSystem, consumer: EventConsumer, id: string): string | undefined {
  const { oracle, tables, crashed } = system;
  const { publisher, queue } = routeTo(consumer);
  if (!oracle.passed[publisher].has(id)) return "stream";
  const inFlight = (owner: string) => oracle.inFlight.get(`${owner} ${id}`) ?? 0;
  if (inFlight(queue) > 0) return "queue";
  if (isBrokerConsumer(consumer) && inFlight(consumer) > 0) return "broker";
  for (const row of tables.rows.failed.values()) {
    const isIts = row.consumer === consumer || row.consumer === publisher || row.consumer === queue;
    if (isIts && row.eventId === id && row.status !== "RESOLVED" && oracle.eventOfBody(row.body) === id)
      return row.status;
  }
  const [orderId, version] = id.split(":");
  for (const { reader, rows } of crashed.values()) {
    const isIn = rows.some(({ after }) => after.orderId === orderId && String(after.version) === version);
    if (reader === publisher && isIn) return "bucket";
  }
  return undefined;
}
