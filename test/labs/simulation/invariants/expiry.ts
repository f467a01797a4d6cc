import type { FailedMessage } from "../../../../functions/failures/domain/failed-message.ts";
import type { FailedMessageStore } from "../../../../functions/failures/ports/failed-message-store.ts";
import type { PortCalls } from "../engine/port-calls.ts";
import { currentInvocation } from "../engine/scheduler.ts";
import type { FaultProfile } from "../fault-profile.ts";
import { Violation } from "../violation.ts";

/** Maximum clock skew of a host. */
const SKEW_MS = 600_000;

/** EXPIRY: only messages older than the limit are parked as EXPIRED, and never retried or redriven ones. */
export function watchedExpiry(
  store: FailedMessageStore,
  faultProfile: FaultProfile,
  calls: () => PortCalls,
): FailedMessageStore {
  const isWrong = (row: FailedMessage) => {
    const invocation = currentInvocation.getStore();
    if (invocation?.received === undefined || row.reason !== "EXPIRED" || row.status !== "OPEN") return false;
    const least = faultProfile.maxAgeSeconds * 1_000 - SKEW_MS;
    return !invocation.received.some(({ message: { body, sentAt, attributes } }) => {
      const isFirst = attributes["dlqRetryCount"] === undefined;
      // An edited row also belongs to the message with the original body.
      const isIts = body === row.body || body === row.originalBody;
      return isFirst && isIts && invocation.startedAt - sentAt > least;
    });
  };
  return {
    ...store,
    put(row, expectedRevision) {
      if (isWrong(row)) {
        const message = `${row.failedKey} is parked as expired, and its message is not old`;
        calls().report(new Violation("EXPIRY", message));
      }
      return store.put(row, expectedRevision);
    },
  };
}
