import type { FailedFilter } from "../../contract/operator-schemas.ts";
import type { FailedMessage } from "./failed-message.ts";

/** Whether a row has everything that a filter asks for. An empty filter takes every row. */
export function matches(row: FailedMessage, filter: FailedFilter): boolean {
  const { consumer, type, reason, fingerprint, from, to } = filter;
  const failedAt = Date.parse(row.lastAt);
  return (
    (consumer === undefined || row.consumer === consumer) &&
    (type === undefined || (row.eventType ?? "unknown") === type) &&
    (reason === undefined || row.reason === reason) &&
    (fingerprint === undefined || row.fingerprint === fingerprint) &&
    (from === undefined || failedAt >= Date.parse(from)) &&
    (to === undefined || failedAt <= Date.parse(to))
  );
}
