import middy, { type MiddlewareObj } from "@middy/core";
import type { ConsumerOptions } from "./options.ts";
import { batchRunner } from "./settle-batch.ts";

/** The part of Lambda's context that a consumer reads. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

export interface Consumer {
  (event: unknown, context: InvocationContext): Promise<unknown>;
  /** Adds a middy middleware around the batch. */
  use(middleware: MiddlewareObj<unknown, unknown, Error, InvocationContext>): Consumer;
}

/**
 * The Lambda handler of a consumer. middy carries it, so any of its middlewares can be added; none of them can
 * acknowledge a record or give a settled one back: a hook that throws or answers before the batch fails the
 * invocation, one that throws or answers after it changes nothing.
 */
export function consumer<Raw, Message>(options: ConsumerOptions<Raw, Message>): Consumer {
  const runBatch = batchRunner(options);
  const responses = new WeakMap<InvocationContext, unknown>();
  const carried = middy<unknown, unknown, Error, InvocationContext>({ timeoutEarlyInMillis: 0 }).handler(
    async (event, context) => {
      const response = await runBatch(event, context.getRemainingTimeInMillis());
      responses.set(context, response);
      return response;
    },
  );

  const handler = async (event: unknown, context: InvocationContext): Promise<unknown> => {
    responses.delete(context);
    try {
      await carried(event, context);
    } catch (error) {
      if (!responses.has(context)) throw error;
    }
    if (!responses.has(context)) throw new Error("A middleware answered before the batch was run.");
    return responses.get(context);
  };
  return Object.assign(handler, {
    use(middleware: MiddlewareObj<unknown, unknown, Error, InvocationContext>) {
      carried.use(middleware);
      return this;
    },
  }) as Consumer;
}
