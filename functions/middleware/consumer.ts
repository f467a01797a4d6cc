import middy from "@middy/core";
import { audit } from "./audit.ts";
import { type Batch, negativeAcknowledge, openBatch, runBatch } from "./batch.ts";
import {
  type BatchMiddleware,
  batchOf,
  type InvocationContext,
  openedBatch,
  setBatch,
} from "./batch-middleware.ts";
import { type ConsumerOptions, completeOptions } from "./consumer-options.ts";
import { deadline } from "./deadline.ts";
import { metrics } from "./metrics.ts";
import { UnexpectedEvent } from "./transport.ts";

type Handler = (event: unknown, context: InvocationContext) => Promise<unknown>;

export interface Consumer extends Handler {
  /** Adds a middy middleware around the batch and its preset. */
  use(middleware: BatchMiddleware): Consumer;
}

/**
 * The engine as a middy middleware, for a middy handler of your own with `runRecords` as its handler. It must be the
 * first middleware. It opens the batch before the handler; afterwards it writes the lines of the batch and
 * negative-acknowledges failed records.
 */
export function batch<Raw, Message>(options: ConsumerOptions<Raw, Message>): BatchMiddleware {
  const complete = completeOptions(options);
  return {
    before({ event, context }) {
      setBatch(context, openBatch(complete, event) as unknown as Batch);
    },
    // The hooks of the preset run before this one: their lines are written although the call to the queue may fail.
    after(request) {
      const opened = batchOf(request);
      flush(opened);
      return negativeAcknowledge(opened);
    },
  };
}

/** The handler after `batch()`: runs the records and returns the response for the event source mapping. */
export function runRecords(_event: unknown, context: InvocationContext): Promise<unknown> {
  return runBatch(batchOf({ context }));
}

/**
 * The Lambda handler of a consumer: event → records → decode and validate each → lanes → outcomes → response.
 *
 * middy runs it. `deadline()`, `metrics()` and `audit()` are its preset; `options.middlewares` replaces them. The
 * handler fails closed: no hook changes the response or acknowledges a record. A hook that throws or returns a value
 * before the batch fails the invocation; after the batch it changes nothing.
 */
export function consumer<Raw, Message>(options: ConsumerOptions<Raw, Message>): Consumer {
  const engine = batch(options);
  const { reserveMs } = completeOptions(options).settings;
  const { middlewares = [deadline({ reserveMs }), metrics(options), audit()] } = options;
  const added: BatchMiddleware[] = [];
  let built: Handler | undefined;
  const build = (): Handler =>
    middy<unknown, unknown, Error, InvocationContext, Record<string, unknown>>({ timeoutEarlyInMillis: 0 })
      .use([...added, engine, ...middlewares])
      .handler(runRecords) as Handler;

  const handler = async (event: unknown, context: InvocationContext): Promise<unknown> => {
    built ??= build();
    setBatch(context, undefined);
    try {
      await built(event, context);
    } catch (error) {
      if (openedBatch(context)?.response === undefined) throw error;
    }
    const finished = openedBatch(context);
    if (finished?.response === undefined)
      throw new Error("A middleware returned a value before the batch ran.");
    flush(finished);
    return finished.response;
  };
  return Object.assign(handler, {
    use(middleware: BatchMiddleware) {
      added.push(middleware);
      built = undefined;
      return this;
    },
  }) as Consumer;
}

/** Writes the lines of a batch, once. The records are finished: a write that fails changes none of them. */
function flush(finished: Batch): void {
  const { lines, options } = finished;
  finished.lines = "";
  if (lines === "") return;
  try {
    options.write(lines);
  } catch {
    // The outcomes stand.
  }
}

/**
 * For an event source mapping that ignores partial responses and treats every return as success: a failed record
 * fails the invocation. The finished records of the batch come again and are duplicates.
 */
export function allOrNothing(handle: Handler): Handler {
  return async (event, context) => {
    const response = await handle(event, context);
    const { batchItemFailures } = response as { batchItemFailures: readonly unknown[] };
    if (batchItemFailures.length > 0) {
      throw new Error(`${batchItemFailures.length} records failed: the whole batch has to come again.`);
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
