import type { Check, Facts } from "./final-state.ts";

/** No customer reads the same mail twice, and none that is not true. */
export const MAIL_CHECKS: readonly ((facts: Facts) => Check)[] = [
  function atMostOne({ mailed }) {
    return {
      name: "at most one mail for each order and status",
      looked: mailed.size,
      breaches: [...mailed].filter(([, count]) => count > 1).map(([id, count]) => `${count} mails of ${id}`),
    };
  },
  function trueMails({ mailed, untrue }) {
    return {
      name: "every mail tells of a status that its order has had",
      looked: mailed.size + untrue.length,
      breaches: untrue,
    };
  },
  function claimedMails({ mailed, claims }) {
    return {
      name: "no mail left without its claim",
      looked: mailed.size,
      breaches: [...mailed.keys()].filter((id) => (claims.get(id)?.state ?? "SKIPPED") === "SKIPPED"),
    };
  },
  function sentMails({ mailed, claims }) {
    const sent = [...claims.values()].filter(({ state }) => state === "SENT").map(({ eventId }) => eventId);
    return {
      name: "every mail that is marked as sent has arrived",
      looked: sent.length,
      breaches: sent.filter((eventId) => !mailed.has(eventId)),
    };
  },
  function unknownMails({ claims, failed, mailed, audit }) {
    const sending = [...claims.values()]
      .filter(({ state }) => state === "SENDING")
      .map(({ eventId }) => eventId);
    const isListed = (eventId: string) => failed.get(`notify-customer~${eventId}`)?.status === "OPEN";
    const lostMark = (eventId: string) =>
      mailed.has(eventId) && (audit.of("notify-customer", eventId)["done"] ?? 0) > 0;
    return {
      name: "every mail of unknown outcome is listed for a person, and no other claim is open",
      looked: sending.length,
      breaches: sending.filter((eventId) => !isListed(eventId) && !lostMark(eventId)),
    };
  },
];
