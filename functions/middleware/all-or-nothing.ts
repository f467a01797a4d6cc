import type { InvocationContext } from "./consumer.ts";

type Handler = (event: unknown, context: InvocationContext) => Promise<unknown>;

/**
 * For a mapping that reads no answer: it takes every return for success, so a record that failed has to fail the
 * invocation. What was settled comes again with it, and meets its own effect.
 */
export function allOrNothing(consumer: Handler): Handler {
  return async (event, context) => {
    const response = await consumer(event, context);
    const { batchItemFailures } = response as { batchItemFailures: readonly unknown[] };
    if (batchItemFailures.length > 0) {
      throw new Error(
        `Could not settle ${batchItemFailures.length} of the records: they have to come again.`,
      );
    }
    return response;
  };
}
