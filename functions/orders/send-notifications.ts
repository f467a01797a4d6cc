import type { OrderEvent } from "../contract/schemas.ts";
import type { Clock } from "../middleware/clock.ts";
import { DONE, DUPLICATE, ignored, type Outcome, park, postpone, retry } from "../middleware/outcome.ts";
import { composeMail, relevance } from "./domain/notification.ts";
import type { Order } from "./domain/order.ts";
import type { Mailer, MailPace, Sent } from "./ports/mailer.ts";
import type { Notifications } from "./ports/notifications.ts";
import type { OrderStore } from "./ports/order-store.ts";
import type { Suppressions } from "./ports/suppressions.ts";

const NOT_MARKED = "The mail was sent, but could not be marked as sent.";
const UNREPORTED = new Error("An earlier attempt left no outcome.");
const NO_TIME_LEFT = Object.assign(new Error("The mail has to wait for its turn."), { name: "NoTimeLeft" });
const SUPERSEDED = { kind: "ignored", why: "superseded" } as const;
/** The outcome for a suppressed address. */
export const SUPPRESSED = {
  kind: "ignored",
  why: "the address is suppressed: a mail to it bounced, or its reader complained",
} as const;
/** After each attempt to record the mail as sent, on top of the retries of the client. */
const MARK_WAITS_MS = [100, 400, 0];
/** Of one mail in one invocation, while the provider throttles. */
const ATTEMPTS = 3;
const THROTTLED_WAIT_MS = 1_000;
/** A mail that is started later could not be recorded before the deadline. */
const START_BEFORE_MS = 500;
/** A mail that is not sent for the rate is retried between these, so that many are not retried together. */
const EARLIEST_SECONDS = 300;
const LATEST_SECONDS = 900;
/** A mail is sent within this time after its claim, or not at all. */
export const SEND_WITHIN_MS = 30_000;

/**
 * At most one mail for each event. The claim is written before the mail is sent. Where the outcome of the send is
 * unknown, the claim stays and the message is parked for an operator. No mail is sent after the deadline
 * (milliseconds since the epoch), nor long after its claim, which an operator may have revoked since. A suppressed
 * address gets no mail. Without a mailer (no sender is configured) every event is ignored.
 */
export function sendNotifications(ports: {
  orders: OrderStore;
  notifications: Notifications;
  suppressions: Suppressions;
  mailer: Mailer | undefined;
  pace: MailPace;
  clock: Clock;
  /** Counts a mail that was throttled. */
  onThrottled?: () => void;
}) {
  const { orders, notifications, suppressions, mailer, pace, clock } = ports;

  async function notify(
    event: OrderEvent,
    order: Order | undefined,
    isSuppressed: boolean,
    sender: Mailer,
    deadline: number,
  ): Promise<Outcome> {
    if (order === undefined) return park("UNKNOWN_ORDER");
    const relevant = relevance(event, order);
    if (relevant === "superseded") return skip(event, SUPERSEDED);
    if (relevant === "ahead") return retry(new Error("The order row is older than its event."));
    if (isSuppressed) return skip(event, SUPPRESSED);

    let throttle: unknown = NO_TIME_LEFT;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      // Before the claim: a function that ends while mails wait must not leave them in doubt.
      if (!(await pace.next(deadline - START_BEFORE_MS))) break;
      const outcome = await claimAndSend(event, order, sender, deadline);
      if (outcome.kind !== "throttled") return outcome;
      throttle = outcome.error;
      ports.onThrottled?.();
      pace.holdOff(THROTTLED_WAIT_MS);
    }
    const spread = LATEST_SECONDS - EARLIEST_SECONDS;
    return postpone(throttle, EARLIEST_SECONDS + clock.random() * spread);
  }

  async function claimAndSend(
    event: OrderEvent,
    order: Order,
    sender: Mailer,
    deadline: number,
  ): Promise<Outcome | Extract<Sent, { kind: "throttled" }>> {
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
      case "throttled":
        await notifications.release(event.id, claimedAt);
        return sent;
    }
  }

  /** An earlier attempt may have crashed while it sent: the operator has to decide, whatever the order status. */
  async function skip({ id }: OrderEvent, unwanted: Extract<Outcome, { kind: "ignored" }>): Promise<Outcome> {
    return (await notifications.skip(id, clock.now(), unwanted.why)) === "sending"
      ? park("OUTCOME_UNKNOWN", UNREPORTED)
      : unwanted;
  }

  async function isMarked({ id }: OrderEvent): Promise<boolean> {
    for (const waitMs of MARK_WAITS_MS) {
      const marked = await notifications.markSent(id, clock.now()).then(
        () => true,
        () => false,
      );
      if (marked) return true;
      await clock.sleep(waitMs);
    }
    return false;
  }

  return async (events: readonly OrderEvent[], deadline: number): Promise<Outcome[]> => {
    if (mailer === undefined) return events.map(() => ignored("no sender is configured"));
    const rows = await orders.getMany(events.map((event) => event.subject));
    const suppressed = await suppressions.among([...rows.values()].map(({ contact }) => contact.email));
    return Promise.all(
      events.map((event) => {
        const order = rows.get(event.subject);
        const isSuppressed = order !== undefined && suppressed.has(order.contact.email);
        return notify(event, order, isSuppressed, mailer, deadline).catch((error) => retry(error));
      }),
    );
  };
}
