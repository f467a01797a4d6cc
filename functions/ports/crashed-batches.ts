import type { OrderEvent } from "../contract/schemas.ts";

/** Stream batches that the publisher never got through, kept with their payload. */
export interface CrashedBatches {
  list(limit: number): Promise<readonly string[]>;
  /** The events of the batch's status transitions, in their order. */
  read(key: string): Promise<readonly OrderEvent[]>;
  remove(key: string): Promise<void>;
}
