import { expect } from "vitest";
import { declarationOf } from "../../../functions/consumers/consumers.ts";
import { eventOfChange, type Order } from "../../../functions/orders/domain/order.ts";
import { held, type Reference, type ReferenceOrder } from "./reference.ts";
import { idOf, KEYS } from "./requests.ts";
import type { System } from "./system.ts";

/** Sets the reference to the candidate that the system shows; without one, the next comparison fails. */
export function accept(
  reference: Reference,
  system: System,
  key: string,
  candidates: readonly (ReferenceOrder | undefined)[],
): void {
  const shown = JSON.stringify(shownBy(system.rig.tables.rows.orders.get(idOf(key))));
  const expected = candidates.find((each) => JSON.stringify(expectedOf(each)) === shown) ?? candidates[0];
  if (expected === undefined) reference.orders.delete(key);
  else reference.orders.set(key, expected);
}

/** The invariants after every command. */
export function checkAgreement(reference: Reference, system: System): void {
  const { rows } = system.rig.tables;
  const shown = KEYS.map((key) => shownBy(rows.orders.get(idOf(key))));
  expect(shown).toEqual(KEYS.map((key) => expectedOf(reference.orders.get(key))));

  const expected = [...reference.counted].map(([sku, onHand]) => {
    const units = held(reference, sku);
    return [sku, { sku, onHand, held: units, available: onHand - units }] as const;
  });
  expect(rows.stock).toEqual(new Map(expected));

  checkNothingLost(system);
  const mails = system.rig.mailer.outbox.map(({ to, subject }) => `${to} ${subject}`);
  expect(mails.filter((mail, i) => mails.indexOf(mail) !== i)).toEqual([]);
}

const shownBy = (row: Order | undefined) => row && pick(row, row.stockHeld === true);
const expectedOf = (expected: ReferenceOrder | undefined) => expected && pick(expected, expected.holdsStock);

function pick(order: Pick<ReferenceOrder, "status" | "reason" | "version" | "lines">, holdsStock: boolean) {
  const { status, reason, version, lines } = order;
  return { status, reason, version, lines, holdsStock };
}

/** The event that an order waits for is still in flight. */
function checkNothingLost(system: System): void {
  const { rows, changes } = system.rig.tables;
  for (const row of rows.orders.values()) {
    const isWaiting = row.status === "PENDING" || (row.status === "CANCELLED" && row.stockHeld === true);
    if (!isWaiting) continue;
    const change = changes.findLast(
      ({ before, after }) => after.orderId === row.orderId && before?.status !== after.status,
    );
    const event = eventOfChange(change?.before, change?.after);
    expect(locationsOf(system, JSON.stringify(event)), `locations of ${event?.id}`).not.toEqual([]);
  }
}

function locationsOf({ rig, queues, deadLetters, unread }: System, body: string): string[] {
  const locations: string[] = [];
  for (const [name, messages] of [...queues, ...deadLetters]) {
    if (
      declarationOf(name).access.includes("orders-and-stock") &&
      messages.some((message) => message.body === body)
    )
      locations.push(name);
  }
  for (const row of rig.tables.rows.failed.values()) {
    if (row.status !== "RESOLVED" && row.status !== "DISCARDED" && row.body === body)
      locations.push(row.failedKey);
  }
  const isUnread = unread().some(
    ({ before, after }) => JSON.stringify(eventOfChange(before, after)) === body,
  );
  return isUnread ? [...locations, "the stream"] : locations;
}
