import type { FailedStatus } from "../../../../functions/contract/failures.ts";
import type { FailedMessage } from "../../../../functions/failures/domain/failed-message.ts";
import type { FailedMessageStore } from "../../../../functions/failures/ports/failed-message-store.ts";
import { memoryTables } from "../../../fakes/memory-tables.ts";
import { assertInvariant } from "../violation.ts";

/** The legal transitions, written down independently of the code. */
const NEXT_STATUSES: Readonly<Record<FailedStatus | "none", readonly FailedStatus[]>> = {
  none: ["RETRYING", "OPEN"],
  RETRYING: ["RETRYING", "OPEN", "RESOLVED"],
  OPEN: ["OPEN", "REDRIVEN", "RESOLVED", "DISCARDED"],
  REDRIVEN: ["RETRYING", "OPEN", "RESOLVED"],
  RESOLVED: ["OPEN"],
  DISCARDED: ["OPEN", "RESOLVED"],
};

/** The store with each write checked against the legal transitions. */
export function watchedFailedMessages(
  store: FailedMessageStore,
  rows: ReadonlyMap<string, FailedMessage>,
  wrote: (row: FailedMessage, before: FailedMessage | undefined) => void,
): FailedMessageStore {
  return {
    ...store,
    async put(row, expectedRevision) {
      const before = rows.get(row.failedKey);
      const applied = await store.put(row, expectedRevision);
      if (rows.get(row.failedKey) === row && before !== row) {
        check(before, row);
        wrote(row, before);
      }
      return applied;
    },
  };
}

/** The store with an index that lags: a listing can return the rows of the listing before. */
export function withStaleLists(
  store: FailedMessageStore,
  rows: ReadonlyMap<string, FailedMessage>,
  isStale: () => boolean,
): FailedMessageStore {
  const before = memoryTables(() => 0);
  return {
    ...store,
    async list(status, options) {
      const page = await (isStale() ? before.failedMessages : store).list(status, options);
      for (const [key, row] of rows) before.rows.failed.set(key, row);
      return page;
    },
  };
}

function check(before: FailedMessage | undefined, after: FailedMessage): void {
  const from = before?.status ?? "none";
  const key = after.failedKey;
  assertInvariant(
    NEXT_STATUSES[from].includes(after.status),
    "I18",
    () => `${key} went from ${from} to ${after.status}`,
  );
  if (from === "DISCARDED" && after.status === "OPEN") {
    assertInvariant(
      after.history.at(-1)?.act === "undo",
      "I18",
      () => `${key} was opened against an operator's decision`,
    );
  }
  if (before === undefined) return;
  const first = before.originalBody ?? before.body;
  assertInvariant(
    (after.originalBody ?? after.body) === first,
    "I18",
    () => `${key} lost the body that was kept first`,
  );
  assertInvariant(
    after.revision === before.revision + 1,
    "I18",
    () => `${key} skipped a revision, so a write was lost`,
  );
  const opened = after.status === "OPEN" ? 1 : 0;
  assertInvariant(
    after.generation === before.generation + opened,
    "I18",
    () => `${key} has generation ${after.generation} after ${before.generation}`,
  );
}
