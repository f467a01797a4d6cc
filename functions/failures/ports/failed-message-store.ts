import type { FailedMessage, FailedStatus } from "../domain/failed-message.ts";

/** The failed-message table: rows with a revision, listed by status. What a row may become is decided elsewhere. */
export interface FailedMessages {
  /** MUST reflect every write that was acknowledged before the call. */
  get(failedKey: string): Promise<FailedMessage | undefined>;
  /**
   * Writes the row if the stored one still has `expectedRevision` (`undefined`: if there is none).
   * Answers false when somebody else wrote first. The row's `writeId` MUST make an attempt whose reply was
   * lost count as this call's own success.
   */
  put(row: FailedMessage, expectedRevision: number | undefined): Promise<boolean>;
  /** Rows of a status, due first, up to `limit`; eventually consistent. `cursor` continues a listing. */
  list(
    status: FailedStatus,
    options: { readonly dueBefore?: string; readonly limit: number; readonly cursor?: string },
  ): Promise<{ readonly rows: readonly FailedMessage[]; readonly cursor?: string }>;
  /** Where a walk through a listing goes on: the cursor that was left for it last; `undefined`: at its beginning. */
  readCursor(walk: string): Promise<string | undefined>;
  saveCursor(walk: string, cursor: string | undefined): Promise<void>;
  /** How many rows have the status; eventually consistent. */
  count(status: FailedStatus): Promise<number>;
}
