import type { ConsumerPause } from "../domain/consumer-pause.ts";

/** The rows of paused consumers, in the failed-message table. */
export interface PauseStore {
  /** MUST reflect every write that was acknowledged before the call. */
  get(consumer: string): Promise<ConsumerPause | undefined>;
  /**
   * Writes the row if the stored one still has `expectedRevision` (`undefined`: if there is none). Returns false when
   * another writer was first. An attempt of this call whose reply was lost MUST count as its success, recognized by
   * the row's `writeId`.
   */
  put(row: ConsumerPause, expectedRevision: number | undefined): Promise<boolean>;
}
