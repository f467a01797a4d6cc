import type { OrderEvent } from "../../../../functions/contract/schemas.ts";
import { sweepFailedMessages } from "../../../../functions/failures/maintenance/sweep-failed-messages.ts";
import { DONE, DUPLICATE, ignored, type Outcome, retry } from "../../../../functions/middleware/outcome.ts";
import { composeMail, relevance } from "../../../../functions/orders/domain/notification.ts";
import { eventOf, type Order } from "../../../../functions/orders/domain/order.ts";
import { sendNotifications } from "../../../../functions/orders/send-notifications.ts";
import { HEAVY_FAULTS } from "../fault-profile.ts";
import type { HandleMany, Ports } from "../parts.ts";
import type { Mutant } from "../simulated-system.ts";
import { inHandlers, inParts } from "./mutant.ts";

type Notify = (event: OrderEvent, order: Order, ports: Ports) => Promise<Outcome>;

/** A mutant of the steps around the send. */
function notifier(name: string, notify: Notify): Mutant {
  return inHandlers(
    name,
    ["notify-customer"],
    (_, { ports }): HandleMany<OrderEvent> =>
      async (events) => {
        const rows = await ports.orders.getMany(events.map(({ subject }) => subject));
        return Promise.all(
          events.map(async (event) => {
            const order = rows.get(event.subject);
            if (order === undefined || relevance(event, order) === "ahead") return retry(undefined);
            if (relevance(event, order) === "superseded") return ignored("superseded");
            return notify(event, order, ports).catch((error: unknown) => retry(error));
          }),
        );
      },
  );
}

/** The real notifier with wrong ports. */
function overPorts(name: string, wrong: (ports: Ports) => Partial<Ports>): Mutant {
  return inParts(name, ({ handlers, ports }) => ({
    handlers: { ...handlers, "notify-customer": sendNotifications({ ...ports, ...wrong(ports) }) },
  }));
}

/** Mutants of mails. */
export const MAIL_MUTANTS: readonly Mutant[] = [
  notifier("a mail is marked after it was sent, without a claim", async (event, order, ports) => {
    if ((await ports.notifications.state(event.id)) === "sent") return DUPLICATE;
    const sent = await ports.mailer.send(composeMail(event, order));
    if (sent.kind !== "sent") return retry(undefined);
    await ports.notifications.markSent(event.id, ports.clock.now());
    return DONE;
  }),
  notifier("a mail is marked before it is sent, without a claim", async (event, order, ports) => {
    if ((await ports.notifications.state(event.id)) === "sent") return DUPLICATE;
    await ports.notifications.markSent(event.id, ports.clock.now());
    const sent = await ports.mailer.send(composeMail(event, order));
    return sent.kind === "sent" ? DONE : retry(undefined);
  }),
  overPorts("the claim of another invocation is taken over", ({ notifications }) => ({
    notifications: {
      ...notifications,
      async claim(eventId, now) {
        const claim = await notifications.claim(eventId, now);
        return claim === "sending" ? "claimed" : claim;
      },
    },
  })),
  overPorts("an unknown outcome counts as not sent", ({ mailer }) => ({
    mailer: {
      async send(mail) {
        const sent = await mailer.send(mail);
        return sent.kind === "unknown" ? { ...sent, kind: "not-sent" } : sent;
      },
    },
  })),
  overPorts("an unknown outcome counts as sent", ({ mailer }) => ({
    mailer: {
      async send(mail) {
        const sent = await mailer.send(mail);
        return sent.kind === "unknown" ? { kind: "sent" } : sent;
      },
    },
  })),
  overPorts("a claim is kept although the mail was not sent", ({ notifications }) => ({
    notifications: {
      ...notifications,
      release: async (eventId) => notifications.markSent(eventId, 0),
    },
  })),
  overPorts("a mail that could not be marked counts as done", ({ notifications }) => ({
    notifications: {
      ...notifications,
      markSent: (eventId, now) => notifications.markSent(eventId, now).catch(() => undefined),
    },
  })),
  overPorts("an uncertain mail is forgotten once its order changes", ({ notifications }) => ({
    notifications: { ...notifications, skip: async () => "skipped" },
  })),
  inParts(
    "an uncertain mail is resolved by the order status",
    ({ failures, ports: { orders, notifications, effectMarks, audit } }) => ({
      sweepFailed: sweepFailedMessages({
        ...failures,
        orders,
        effectMarks,
        audit,
        notifications: { ...notifications, state: async () => "none" },
      }),
    }),
  ),
  overPorts("a mail that was refused keeps its claim", ({ mailer, notifications }) => {
    const refused = new Set<string>();
    return {
      mailer: {
        async send(mail) {
          const sent = await mailer.send(mail);
          if (sent.kind === "refused") refused.add(mail.subject);
          return sent;
        },
      },
      notifications: {
        ...notifications,
        async release(eventId, claimedAt) {
          const [orderId = ""] = eventId.split(":");
          if ([...refused].some((subject) => subject.includes(orderId))) return;
          await notifications.release(eventId, claimedAt);
        },
      },
    };
  }),
  overPorts(
    "a claim is made before the check whether the mail is wanted",
    ({ notifications, orders, clock }) => ({
      orders: {
        ...orders,
        async getMany(ids) {
          const rows = await orders.getMany(ids);
          for (const order of rows.values()) await notifications.claim(eventOf(order).id, clock.now());
          return rows;
        },
      },
    }),
  ),
  { name: "a claim is revoked from any owner", isOwnerless: true, faultProfile: HEAVY_FAULTS },
  overPorts("the mailer tries twice by itself", ({ mailer }) => ({
    mailer: {
      async send(mail) {
        const sent = await mailer.send(mail);
        return sent.kind === "sent" || sent.kind === "refused" ? sent : mailer.send(mail);
      },
    },
  })),
];
