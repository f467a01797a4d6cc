import type { InvocationContext } from "./consumer.ts";
import { UnexpectedEvent } from "./transport.ts";

type Handler = (event: unknown, context: InvocationContext) => Promise<unknown>;

/** One function behind several event sources: each event goes to the consumer of its source. */
export function bySource(consumers: Readonly<Record<string, Handler>>): Handler {
  return async (event, context) => {
    const { Records } = (event ?? {}) as { Records?: readonly { eventSource?: unknown }[] };
    const source = Array.isArray(Records) ? String(Records[0]?.eventSource) : "none";
    const consumer = Object.hasOwn(consumers, source) ? consumers[source] : undefined;
    if (consumer === undefined) {
      const known = Object.keys(consumers).join(" and ");
      throw new UnexpectedEvent(`Expected an event of ${known}, received one of ${source}.`);
    }
    return consumer(event, context);
  };
}
