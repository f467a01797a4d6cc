import { Problem } from "../middleware/problem.ts";
import type { ListedMessage } from "./domain/failed-listing.ts";
import { type FailedMessage, isFailedKey } from "./domain/failed-message.ts";
import type { FailedMessageStore } from "./ports/failed-message-store.ts";

/** Throws a Problem where the key has no row. */
export async function loadFailedMessage(
  ports: { readonly failedMessages: FailedMessageStore },
  failedKey: string,
): Promise<FailedMessage> {
  const row = isFailedKey(failedKey) ? await ports.failedMessages.get(failedKey) : undefined;
  if (row !== undefined) return row;
  throw new Problem("FAILED_MESSAGE_NOT_FOUND", {
    detail: `Received the key ${failedKey.slice(0, 200)}.`,
  });
}

/** The whole rows of those that have not changed their status or generation since they were listed. */
export async function loadUnchanged(
  ports: { readonly failedMessages: FailedMessageStore },
  listed: readonly ListedMessage[],
): Promise<FailedMessage[]> {
  const rows = await ports.failedMessages.getMany(listed.map(({ failedKey }) => failedKey));
  return listed.flatMap(({ failedKey, status, generation }) => {
    const row = rows.get(failedKey);
    return row?.status === status && row.generation === generation ? [row] : [];
  });
}

/** Throws a Problem if the row was opened again since the operator read it: the decision may be out of date. */
export function requireGeneration(row: FailedMessage, generation: number | undefined): void {
  if (generation === undefined || generation === row.generation) return;
  throw changedProblem(row);
}

export function changedProblem(row: FailedMessage | undefined): Problem {
  const now =
    row === undefined ? "It is gone" : `It is ${row.status} now, generation ${row.generation}${lastAct(row)}`;
  return new Problem("FAILED_MESSAGE_CHANGED", {
    detail: `${now}. Read the message again, then decide.`,
  });
}

/** ` (discard by ada at 2026-01-31T12:00:00.000Z)`, or an empty text for a row without history. */
export function lastAct({ history }: FailedMessage): string {
  const entry = history.at(-1);
  return entry === undefined ? "" : ` (${entry.act} by ${entry.by} at ${entry.at})`;
}
