import type { OrderEvent } from "../contract/schemas.ts";
import type { Clock } from "../middleware/clock.ts";
import { DONE, DUPLICATE, ignored, type Outcome, park, retry } from "../middleware/outcome.ts";
import { composeMail, relevance } from "./domain/notification.ts";
import type { Order } from "./domain/order.ts";
import type { Mailer } from "./ports/mailer.ts";
import type { Notifications } from "./ports/notifications.ts";
import type { OrderStore } from "./ports/order-store.ts";

const NOT_MARKED = "The mail was sent, but could not be marked as sent.";
const UNREPORTED = new Error("An earlier attempt left no outcome.");
const SUPERSEDED = ignored("superseded");
/** After each attempt to record the mail as sent, on top of the retries of the client. */
const MARK_PAUSES_MS = [100, 400, 0];
/** A mail is sent within this time after its claim, or not at all. */
export const SEND_WITHIN_MS = 30_000;

/**
 * At most one mail for each event. The claim is written before the mail is sent. Where the outcome of the send is
 * unknown, the claim stays and the message is parked for an operator. No mail is sent after the deadline
 * (milliseconds since the epoch), nor long after its claim, which an operator may have revoked since. Without a mailer
 * (no sender is configured) every event is ignored.
 */
export function sendNotifications(ports: {
  orders: OrderStore;
  notifications: Notifications;
  mailer: Mailer | undefined;
  clock: Clock;
}) {
  const { orders, notifications, mailer, clock } = ports;

  async function notify(
    event: OrderEvent,
    order: Order | undefined,
    sender: Mailer,
    deadline: number,
  ): Promise<Outcome> {
    if (order === undefined) return park("UNKNOWN_ORDER");
    const relevant = relevance(event, order);
    if (relevant === "superseded") return superseded(event);
    if (relevant === "ahead") return retry(new Error("The order row is older than its event."));

    const claimedAt = clock.now();
    const claim = await notifications.claim(event.id, claimedAt);
    if (claim === "sent") return DUPLICATE;
    if (claim === "sending") return park("OUTCOME_UNKNOWN", UNREPORTED);
    if (claim === "skipped") return SUPERSEDED;
    // A function that was frozen here continues at its next invocation: by then the claim may be another's.
    if (clock.now() >= Math.min(deadline, claimedAt + SEND_WITHIN_MS)) {
      await notifications.release(event.id, claimedAt);
      return retry(new Error("There was no time left to send the mail."));
    }

    const sent = await sender.send(composeMail(event, order));
    switch (sent.kind) {
      case "sent":
        // Unrecorded, the claim stays and blocks every later message: the operator has to record the mail as sent.
        return (await isMarked(event)) ? DONE : park("OUTCOME_UNKNOWN", new Error(NOT_MARKED));
      case "unknown":
        return park("OUTCOME_UNKNOWN", sent.error);
      case "refused":
        await notifications.release(event.id, claimedAt);
        return park("REFUSED", sent.error);
      case "not-sent":
        await notifications.release(event.id, claimedAt);
        return retry(sent.error);
    }
  }

  /** An earlier attempt may have crashed while it sent: the operator has to decide, whatever the order status. */
  async function superseded({ id }: OrderEvent): Promise<Outcome> {
    return (await notifications.skip(id, clock.now())) === "sending"
      ? park("OUTCOME_UNKNOWN", UNREPORTED)
      : SUPERSEDED;
  }

  async function isMarked({ id }: OrderEvent): Promise<boolean> {
    for (const pauseMs of MARK_PAUSES_MS) {
      const marked = await notifications.markSent(id, clock.now()).then(
        () => true,
        () => false,
      );
      if (marked) return true;
      await clock.sleep(pauseMs);
    }
    return false;
  }

  return async (events: readonly OrderEvent[], deadline: number): Promise<Outcome[]> => {
    if (mailer === undefined) return events.map(() => ignored("no sender is configured"));
    const rows = await orders.getMany(events.map((event) => event.subject));
    return Promise.all(
      events.map((event) =>
        notify(event, rows.get(event.subject), mailer, deadline).catch((error) => retry(error)),
      ),
    );
  };
}
