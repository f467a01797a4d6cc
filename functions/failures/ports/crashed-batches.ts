import type { StreamPublisher } from "../../contract/names.ts";
import type { OrderEvent } from "../../contract/schemas.ts";

export interface CrashedBatch {
  /** The reader of the stream that crashed; the other one may have processed the batch. */
  readonly consumer: StreamPublisher;
  /** The events of the batch's status transitions, in their order. */
  readonly events: readonly OrderEvent[];
  /** Rows that are not order rows, as text. */
  readonly unreadable: readonly string[];
}

/** Stream batches that crashed a publisher, stored with their payload. */
export interface CrashedBatches {
  list(limit: number): Promise<readonly string[]>;
  read(key: string): Promise<CrashedBatch>;
  remove(key: string): Promise<void>;
}
