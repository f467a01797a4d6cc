import { expect, test } from "vitest";
import { MAIL_TIMEOUTS } from "../../../functions/adapters/ses-mailer.ts";
import { ATTEMPT_MS } from "../../../functions/failures/operators/decide-mail.ts";
import { eventOf } from "../../../functions/orders/domain/order.ts";
import { mailPace } from "../../../functions/orders/mail-pace.ts";
import type { Notifications } from "../../../functions/orders/ports/notifications.ts";
import { SEND_WITHIN_MS, sendNotifications } from "../../../functions/orders/send-notifications.ts";
import { fakeClock } from "../../fakes/fake-clock.ts";
import { memoryMailer } from "../../fakes/memory-mailer.ts";
import { memoryTables } from "../../fakes/memory-tables.ts";
import { order } from "../../fixtures/events.ts";

const confirmed = order("a", { status: "CONFIRMED", version: 2, stockHeld: true });
const event = eventOf(confirmed);

/** An attempt of a function with two minutes, with this delay of the reply to its claim. */
async function attempt(claimMs: number) {
  const clock = fakeClock();
  const tables = memoryTables(clock.now);
  tables.rows.orders.set(confirmed.orderId, confirmed);
  const mailer = memoryMailer();
  const notifications: Notifications = {
    ...tables.notifications,
    async claim(eventId, now) {
      const claim = await tables.notifications.claim(eventId, now);
      clock.advance(claimMs);
      return claim;
    },
  };
  const notify = sendNotifications({
    orders: tables.orders,
    notifications,
    suppressions: tables.suppressions,
    mailer,
    pace: mailPace(clock, 0),
    clock,
  });
  const [outcome] = await notify([event], clock.now() + 119_000);
  return { outcome, mails: mailer.outbox.length, state: await tables.notifications.state(event.id) };
}

test("H1, B7: a mail is not sent long after its claim, whatever time the function has left", async () => {
  expect(await attempt(SEND_WITHIN_MS - 1)).toEqual({ outcome: { kind: "done" }, mails: 1, state: "sent" });
  expect(await attempt(SEND_WITHIN_MS)).toMatchObject({
    outcome: { kind: "retry" },
    mails: 0,
    state: "none",
  });
});

test("H1, B7: an operator can revoke a claim only once its attempt can no longer send", () => {
  expect(ATTEMPT_MS).toBeGreaterThan(SEND_WITHIN_MS + MAIL_TIMEOUTS.attempts * MAIL_TIMEOUTS.replyMs);
});
