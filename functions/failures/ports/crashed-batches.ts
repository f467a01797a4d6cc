import type { OrderEvent } from "../../contract/schemas.ts";
import type { PublisherName } from "../../publishing/domain/publishers.ts";

export interface CrashedBatch {
  /** Which reader of the stream did not get through with it; the other one may have. */
  readonly consumer: PublisherName;
  /** The events of the batch's status transitions, in their order. */
  readonly events: readonly OrderEvent[];
  /** The rows among them that are none of an order, as text. */
  readonly unreadable: readonly string[];
}

/** Stream batches that a publisher never got through, kept with their payload. */
export interface CrashedBatches {
  list(limit: number): Promise<readonly string[]>;
  read(key: string): Promise<CrashedBatch>;
  remove(key: string): Promise<void>;
}
