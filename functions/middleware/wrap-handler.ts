import type { InvocationContext } from "./batch.ts";
import { UnexpectedEvent } from "./transport.ts";

type Handler = (event: unknown, context: InvocationContext) => Promise<unknown>;

/**
 * For an event source mapping that ignores partial responses and treats every return as success: a failed record
 * fails the invocation. The finished records of the batch are redelivered and are duplicates.
 */
export function allOrNothing(handle: Handler): Handler {
  return async (event, context) => {
    const response = await handle(event, context);
    const { batchItemFailures } = response as { batchItemFailures: readonly unknown[] };
    if (batchItemFailures.length > 0) {
      throw new Error(`${batchItemFailures.length} records failed: the whole batch has to be redelivered.`);
    }
    return response;
  };
}

/** One function behind several event sources: each event goes to the consumer of its source. */
export function bySource(consumers: Readonly<Record<string, Handler>>): Handler {
  return async (event, context) => {
    const { Records } = (event ?? {}) as { Records?: readonly { eventSource?: unknown }[] };
    const source = Array.isArray(Records) ? String(Records[0]?.eventSource) : "none";
    const handle = Object.hasOwn(consumers, source) ? consumers[source] : undefined;
    if (handle === undefined) {
      const known = Object.keys(consumers).join(" and ");
      throw new UnexpectedEvent(`Expected an event of ${known}, received one of ${source}.`);
    }
    return handle(event, context);
  };
}
