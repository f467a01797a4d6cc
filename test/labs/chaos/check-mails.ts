import type { Check, FinalState } from "./final-state.ts";

/** No mail is sent twice, and each is about a status that its order has had. */
export const MAIL_CHECKS: readonly ((state: FinalState) => Check)[] = [
  function atMostOne({ mailed }) {
    return {
      name: "at most one mail for each order and status",
      examined: mailed.size,
      violations: [...mailed]
        .filter(([, count]) => count > 1)
        .map(([id, count]) => `${count} mails of ${id}`),
    };
  },
  function trueMails({ mailed, untrue }) {
    return {
      name: "every mail is about a status that its order has had",
      examined: mailed.size + untrue.length,
      violations: untrue,
    };
  },
  function claimedMails({ mailed, claims }) {
    return {
      name: "every mail has a claim",
      examined: mailed.size,
      violations: [...mailed.keys()].filter((id) => (claims.get(id)?.state ?? "SKIPPED") === "SKIPPED"),
    };
  },
  function sentMails({ mailed, claims }) {
    const sent = [...claims.values()].filter(({ state }) => state === "SENT").map(({ eventId }) => eventId);
    return {
      name: "every mail that is marked as sent arrived",
      examined: sent.length,
      violations: sent.filter((eventId) => !mailed.has(eventId)),
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
      name: "every mail of unknown outcome is listed for an operator, and no other claim is open",
      examined: sending.length,
      violations: sending.filter((eventId) => !isListed(eventId) && !lostMark(eventId)),
    };
  },
];
