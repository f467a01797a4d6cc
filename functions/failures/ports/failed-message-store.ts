import type { FailedStatus } from "../../contract/failures.ts";
import type { ListedMessage, ListingProgress, ListOrder } from "../domain/failed-listing.ts";
import type { FailedMessage } from "../domain/failed-message.ts";

export interface ListOptions {
  readonly limit: number;
  /** By due time. Default: the oldest first. */
  readonly order?: ListOrder;
  /** The place (`placeOf`) that the listing continues behind, whether or not a row is there. */
  readonly cursor?: string;
  /** Only rows that are due at this ISO time. */
  readonly dueBefore?: string;
  /** Only rows of publishers, without reading the others. */
  readonly of?: "publishers";
}

export interface ListedPage {
  readonly rows: readonly ListedMessage[];
  /** Absent at the end of the listing. Where it is present there may be no row behind it. */
  readonly cursor?: string;
}

/** The failed-message table: rows with a revision, listed by status. */
export interface FailedMessageStore {
  /** MUST reflect every write that was acknowledged before the call. */
  get(failedKey: string): Promise<FailedMessage | undefined>;
  /** Those of the rows that exist, by key. MUST reflect every write that was acknowledged before the call. */
  getMany(failedKeys: readonly string[]): Promise<ReadonlyMap<string, FailedMessage>>;
  /**
   * Writes the row if the stored one still has `expectedRevision` (`undefined`: if there is none).
   * Returns false when another writer was first. An attempt of this call whose reply was lost MUST count as its
   * success, recognized by the row's `writeId`.
   */
  put(row: FailedMessage, expectedRevision: number | undefined): Promise<boolean>;
  /** Rows of a status by their place; eventually consistent. */
  list(status: FailedStatus, options: ListOptions): Promise<ListedPage>;
  /** The progress that a step saved last. */
  readProgress(step: string): Promise<ListingProgress | undefined>;
  saveProgress(step: string, progress: ListingProgress): Promise<void>;
}
