import { AsyncLocalStorage } from "node:async_hooks";

/** What is known of the record being handled; log lines take their fields from here. */
export interface RecordContext {
  readonly consumer: string;
  readonly eventId?: string | undefined;
  /** The order's id: the same for every event of one order. */
  readonly correlationId?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly attempt: number;
}

export const recordContext = new AsyncLocalStorage<RecordContext>();
