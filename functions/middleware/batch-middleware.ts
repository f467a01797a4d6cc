import type middy from "@middy/core";
import type { Batch } from "./batch.ts";

/** The part of Lambda's context that a consumer reads. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** A middy middleware around a batch. `batchOf` gives it the batch. */
export type BatchMiddleware = middy.MiddlewareObj<
  unknown,
  unknown,
  Error,
  InvocationContext,
  Record<string, unknown>
>;

type Request = Parameters<NonNullable<BatchMiddleware["before"]>>[0];

/** The batch of an invocation: its records in `before`, their outcomes in `after`. */
export function batchOf({ internal }: Request): Batch {
  return internal["batch"] as Batch;
}
