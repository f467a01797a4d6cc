import type { Batch } from "./batch.ts";

/** The part of Lambda's context that a consumer reads. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** The request of middy's hooks, as far as it is used. */
export interface BatchRequest {
  event: unknown;
  context: InvocationContext;
  response: unknown;
  error: Error | null | undefined;
  internal: Record<string, unknown>;
}

/**
 * A middy middleware around a batch. `batchOf` gives it the batch. Declared here, because the types of middy need those
 * of other packages.
 */
export interface BatchMiddleware {
  before?(request: BatchRequest): unknown;
  after?(request: BatchRequest): unknown;
  onError?(request: BatchRequest): unknown;
}

/** Not in the request, because every middleware may replace its parts. */
const batches = new WeakMap<InvocationContext, Batch>();

/** The batch of an invocation: its records in `before`, their outcomes in `after`. Throws where `batch()` opened none. */
export function batchOf({ context }: Pick<BatchRequest, "context">): Batch {
  const batch = batches.get(context);
  if (batch === undefined) throw new Error("There is no batch: use batch() before the other middlewares.");
  return batch;
}

/** The batch of an invocation, or `undefined` where none was opened. */
export function openedBatch(context: InvocationContext): Batch | undefined {
  return batches.get(context);
}

/** Sets the batch of an invocation; `undefined` forgets it. */
export function setBatch(context: InvocationContext, batch: Batch | undefined): void {
  if (batch === undefined) batches.delete(context);
  else batches.set(context, batch);
}
