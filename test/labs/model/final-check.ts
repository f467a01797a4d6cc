import { expect } from "vitest";
import { type EventType, mailHeadline } from "../../../functions/contract/order-status.ts";
import { eventOf } from "../../../functions/orders/domain/order.ts";
import { breakParts } from "./breakage.ts";
import { checkAgreement } from "./compare-states.ts";
import { deliver } from "./deliver.ts";
import { redrivable, redrive } from "./redrive.ts";
import type { Reference } from "./reference.ts";
import { QUEUES, type System } from "./system.ts";

const ROUNDS = 100;
const TEN_OLDEST = Array.from({ length: 10 }, () => 0);
/** Reasons of the rows left to operators: foreign events and mails of unknown outcome. */
const LEFT_TO_OPERATORS = ["UNKNOWN_ORDER", "EVENT_CONTRADICTS_ORDER", "STATE_CONFLICT", "OUTCOME_UNKNOWN"];

/** Repairs all parts, runs to rest, redrives parked messages, and checks that every order is finished. */
export async function runToRest(reference: Reference, system: System): Promise<void> {
  reference.broken.clear();
  breakParts(system, reference.broken);
  await drain(reference, system);
  for (const row of redrivable(system)) await redrive(system, row);
  await drain(reference, system);

  checkAgreement(reference, system);
  const { orders, failed } = system.rig.tables.rows;
  for (const order of orders.values()) {
    expect(order.status).not.toBe("PENDING");
    expect(order.status === "CANCELLED" && order.stockHeld === true, "a cancelled order holds stock").toBe(
      false,
    );
  }
  const open = [...failed.values()].filter(({ status }) => status === "OPEN");
  expect(open.filter(({ reason }) => !LEFT_TO_OPERATORS.includes(reason))).toEqual([]);
  for (const order of orders.values()) {
    const event = eventOf(order);
    const isListed = open.some(({ reason, eventId }) => reason === "OUTCOME_UNKNOWN" && eventId === event.id);
    expect(isListed || mailsAbout(system, order.orderId, event.type), `the mail about ${event.id}`).toBe(
      true,
    );
  }
}

function mailsAbout({ rig }: System, orderId: string, type: EventType): boolean {
  const subject = `Your order ${orderId} ${mailHeadline(type) ?? ""}`;
  return rig.mailer.outbox.some((mail) => mail.subject === subject);
}

/** One hour a round, longer than each delay of the system. */
async function drain(reference: Reference, system: System): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    await system.publish();
    for (const consumer of QUEUES) {
      await deliver(reference, system, consumer, TEN_OLDEST);
      await system.retryDeadLetters(consumer);
    }
    await system.wait(61);
    if (system.isAtRest()) return;
  }
  throw new Error(`Not at rest after ${ROUNDS} rounds.`);
}
