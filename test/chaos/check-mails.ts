import type { Mail } from "../../lib/local/services/mailbox.ts";
import type { Check, Facts } from "./facts.ts";
import { eventsOf } from "./places.ts";

const SUBJECT = /^Your order ([0-9A-Z]{26}) (is confirmed|could not be accepted|is cancelled)$/;
const TYPES = {
  "is confirmed": "order.confirmed",
  "could not be accepted": "order.rejected",
  "is cancelled": "order.cancelled",
} as const;

/** The event that a mail is about; undefined for a subject that no order's mail has. */
function eventOfMail({ subject }: Mail, { orders }: Facts): string | undefined {
  const [, orderId = "", words = ""] = SUBJECT.exec(subject) ?? [];
  const order = orders.get(orderId);
  const type = Object.entries(TYPES).find(([text]) => text === words)?.[1];
  if (order === undefined || type === undefined) return undefined;
  const version = eventsOf(order).indexOf(type) + 1;
  return version === 0 ? undefined : `${orderId}:${version}:${type}`;
}

/** Mails to the address of alarms are not about an order. */
const ofCustomers = ({ mails }: Facts) =>
  mails.filter(({ to }) => to.some((address) => address.startsWith("customer-")));

/** No customer reads the same mail twice, and none that is not true. */
export const MAIL_CHECKS: readonly ((facts: Facts) => Check)[] = [
  function atMostOne(facts) {
    const mails = ofCustomers(facts);
    const sent = Map.groupBy(mails, ({ subject }) => subject);
    return {
      name: "at most one mail for each order and status",
      looked: mails.length,
      breaches: [...sent].filter(([, all]) => all.length > 1).map(([what, all]) => `${all.length}: ${what}`),
    };
  },
  function trueMails(facts) {
    const mails = ofCustomers(facts);
    return {
      name: "every mail tells of a status that its order has had",
      looked: mails.length,
      breaches: mails.filter((mail) => eventOfMail(mail, facts) === undefined).map(({ subject }) => subject),
    };
  },
  function claimedMails(facts) {
    const mails = ofCustomers(facts);
    return {
      name: "no mail left without its claim",
      looked: mails.length,
      breaches: mails.map((mail) => eventOfMail(mail, facts) ?? "").filter((id) => !facts.claims.has(id)),
    };
  },
  function sentMails(facts) {
    const arrived = new Set(ofCustomers(facts).map((mail) => eventOfMail(mail, facts)));
    const sent = [...facts.claims.values()].filter(({ state }) => state === "SENT");
    return {
      name: "every mail that is marked as sent has arrived",
      looked: sent.length,
      breaches: sent.map(({ eventId }) => eventId).filter((eventId) => !arrived.has(eventId)),
    };
  },
];
