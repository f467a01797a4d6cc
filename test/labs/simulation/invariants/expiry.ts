import type { FailedMessage } from "../../../../functions/failures/domain/failed-message.ts";
import type { FailedMessages } from "../../../../functions/failures/ports/failed-message-store.ts";
import type { PortCalls } from "../engine/port-calls.ts";
import { currentInvocation } from "../engine/scheduler.ts";
import type { FaultProfile } from "../fault-profile.ts";
import { Violation } from "../violation.ts";

/** Hosts' clocks are off by at most this. */
const SKEW_MS = 600_000;

/** A message is parked as EXPIRED only if the copy at hand is that old, and never if it was sent again. */
export function watchedExpiry(
  store: FailedMessages,
  faultProfile: FaultProfile,
  calls: () => PortCalls,
): FailedMessages {
  const isWrong = (row: FailedMessage) => {
    const invocation = currentInvocation.getStore();
    if (invocation?.received === undefined || row.reason !== "EXPIRED" || row.status !== "OPEN") return false;
    const least = faultProfile.maxAgeSeconds * 1_000 - SKEW_MS;
    return !invocation.received.some(({ message: { body, sentAt, attributes } }) => {
      const isFirst = attributes["dlqRetryCount"] === undefined;
      // A row that an operator edited answers for the copy that failed first, too.
      const isIts = body === row.body || body === row.originalBody;
      return isFirst && isIts && invocation.startedAt - sentAt > least;
    });
  };
  return {
    ...store,
    put(row, expectedRevision) {
      if (isWrong(row)) {
        const message = `${row.failedKey} is parked as expired, and the copy at hand is not old`;
        calls().report(new Violation("EXPIRY", message));
      }
      return store.put(row, expectedRevision);
    },
  };
}
