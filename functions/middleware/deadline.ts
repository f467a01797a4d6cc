import { type BatchMiddleware, batchOf } from "./batch-middleware.ts";

/**
 * Ends a batch before the function's time-out: `reserveMs` (0 to 60,000) are reserved for the report. Unfinished
 * records are reported as failed. Without this middleware, a batch that is too slow is redelivered as a whole.
 */
export function deadline({ reserveMs }: { readonly reserveMs: number }): BatchMiddleware {
  return {
    before(request) {
      const batch = batchOf(request);
      const leftMs = request.context.getRemainingTimeInMillis() - reserveMs;
      batch.deadline = batch.options.clock.now() + leftMs;
      batch.isOver = leftMs <= 0;
    },
  };
}
