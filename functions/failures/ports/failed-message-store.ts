import type { FailedStatus } from "../../contract/failures.ts";
import type { FailedMessage } from "../domain/failed-message.ts";

/** The failed-message table: rows with a revision, listed by status. */
export interface FailedMessageStore {
  /** MUST reflect every write that was acknowledged before the call. */
  get(failedKey: string): Promise<FailedMessage | undefined>;
  /**
   * Writes the row if the stored one still has `expectedRevision` (`undefined`: if there is none).
   * Returns false when another writer was first. An attempt of this call whose reply was lost MUST count as its
   * success, recognized by the row's `writeId`.
   */
  put(row: FailedMessage, expectedRevision: number | undefined): Promise<boolean>;
  /** Rows of a status, due first, up to `limit`; eventually consistent. `cursor` continues a listing. */
  list(
    status: FailedStatus,
    options: { readonly dueBefore?: string; readonly limit: number; readonly cursor?: string },
  ): Promise<{ readonly rows: readonly FailedMessage[]; readonly cursor?: string }>;
  /** The cursor saved last under a name; `undefined` is the beginning of the listing. */
  readCursor(name: string): Promise<string | undefined>;
  saveCursor(name: string, cursor: string | undefined): Promise<void>;
  /** Number of rows of a status; eventually consistent. */
  count(status: FailedStatus): Promise<number>;
}
