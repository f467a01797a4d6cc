import { expect } from "vitest";
import { eventOfChange, type Order } from "../../../functions/orders/domain/order.ts";
import { held, type Known, type Reference } from "./reference.ts";
import { idOf, KEYS } from "./requests.ts";
import type { System } from "./system.ts";

/** Of what may be, the reference takes what the system shows; if that is none of it, they disagree from now on. */
export function accept(
  reference: Reference,
  system: System,
  key: string,
  candidates: readonly (Known | undefined)[],
): void {
  const shown = JSON.stringify(shownBy(system.rig.tables.rows.orders.get(idOf(key))));
  const known = candidates.find((each) => JSON.stringify(expectedOf(each)) === shown) ?? candidates[0];
  if (known === undefined) reference.orders.delete(key);
  else reference.orders.set(key, known);
}

/** What holds after every command. */
export function agree(reference: Reference, system: System): void {
  const { rows } = system.rig.tables;
  const shown = KEYS.map((key) => shownBy(rows.orders.get(idOf(key))));
  expect(shown).toEqual(KEYS.map((key) => expectedOf(reference.orders.get(key))));

  const expected = [...reference.counted].map(([sku, onHand]) => {
    const units = held(reference, sku);
    return [sku, { sku, onHand, held: units, available: onHand - units }] as const;
  });
  expect(rows.stock).toEqual(new Map(expected));

  nothingIsLost(system);
  const mails = system.rig.mailer.outbox.map(({ to, subject }) => `${to} ${subject}`);
  expect(mails.filter((mail, i) => mails.indexOf(mail) !== i)).toEqual([]);
}

const shownBy = (row: Order | undefined) => row && pick(row, row.stockHeld === true);
const expectedOf = (known: Known | undefined) => known && pick(known, known.holdsStock);

function pick(order: Pick<Known, "status" | "reason" | "version" | "lines">, holdsStock: boolean) {
  const { status, reason, version, lines } = order;
  return { status, reason, version, lines, holdsStock };
}

/** An order that waits for an event is waiting for one that is still somewhere. */
function nothingIsLost(system: System): void {
  const { rows, changes } = system.rig.tables;
  for (const row of rows.orders.values()) {
    const isWaiting = row.status === "PENDING" || (row.status === "CANCELLED" && row.stockHeld === true);
    if (!isWaiting) continue;
    const change = changes.findLast(
      ({ before, after }) => after.orderId === row.orderId && before?.status !== after.status,
    );
    const event = eventOfChange(change?.before, change?.after);
    expect(whereabouts(system, JSON.stringify(event)), `where ${event?.id} is`).not.toEqual([]);
  }
}

function whereabouts({ rig, queues, deadLetters, unread }: System, body: string): string[] {
  const places: string[] = [];
  for (const [name, copies] of [...queues, ...deadLetters]) {
    if (name !== "notify-customer" && copies.some((copy) => copy.body === body)) places.push(name);
  }
  for (const row of rig.tables.rows.failed.values()) {
    if (row.status !== "RESOLVED" && row.status !== "DISCARDED" && row.body === body)
      places.push(row.failedKey);
  }
  const isUnread = unread().some(
    ({ before, after }) => JSON.stringify(eventOfChange(before, after)) === body,
  );
  return isUnread ? [...places, "the stream"] : places;
}
