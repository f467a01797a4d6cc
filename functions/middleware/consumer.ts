import middy from "@middy/core";
import { audit } from "./audit.ts";
import {
  type Batch,
  type BatchMiddleware,
  batches,
  batchOf,
  type InvocationContext,
  negativeAcknowledge,
  openBatch,
  runBatch,
} from "./batch.ts";
import { type Clock, systemClock } from "./clock.ts";
import { errorLine } from "./error-text.ts";
import type { FailureLog } from "./failure-log.ts";
import { type MetricsOptions, metrics, writeToStdout } from "./metrics.ts";
import { type Outcome, Unprocessable } from "./outcome.ts";
import type { Decoded, Transport } from "./transport.ts";

/** `deadline` is in milliseconds since the epoch; what is not finished by then is reported as failed. */
export type HandleOne<Message> = (message: Message, deadline: number) => Promise<Outcome> | Outcome;
/** Returns one outcome for each message, in their sequence. */
export type HandleMany<Message> = (
  messages: readonly Message[],
  deadline: number,
) => Promise<readonly Outcome[]>;

export interface ConsumerOptions<Raw, Message> extends MetricsOptions {
  /** Appears in metrics, audit lines and failed messages. */
  readonly name: string;
  readonly transport: Transport<Raw>;
  /**
   * The first step of `decode`, optional. The whole batch is parsed before its first record is checked: parser and
   * checks in alternation evict each other from the processor's caches and take a fifth longer. Where it throws, the
   * record is retried.
   */
  readonly parse?: (raw: Raw) => unknown;
  /**
   * The content of a record, from the result of `parse`: `malformed` for bad content. Where it throws, the record is
   * retried; an `UnexpectedEvent` fails the invocation.
   */
  readonly decode: (raw: Raw, parsed: unknown) => Decoded<Message>;
  /**
   * Handles one message or many at once, never two messages of one lane at once. A rejection with `Unprocessable`
   * parks the message; any other is a retry.
   */
  readonly handle: { readonly one: HandleOne<Message> } | { readonly many: HandleMany<Message> };
  /** Where messages are parked. Default: nowhere; a message that should be parked is negative-acknowledged. */
  readonly failureLog?: FailureLog;
  readonly clock?: Clock;
  /** Takes metrics and audit lines, each ending in a newline. Default: standard output. */
  readonly write?: (text: string) => void;
  readonly settings?: Partial<ConsumerSettings>;
  /** Replaces the preset: `deadline(settings)`, `metrics(options)`, `audit()`. */
  readonly middlewares?: readonly BatchMiddleware[];
}

/** Options with their defaults, as the engine uses them: of any records and messages. */
export interface CompleteOptions extends ConsumerOptions<unknown, unknown> {
  readonly failureLog: FailureLog;
  readonly clock: Clock;
  readonly write: (text: string) => void;
  readonly settings: ConsumerSettings;
}

/** Throws a RangeError on a setting that is unknown or out of range. */
function completeOptions<Raw, Message>(options: ConsumerOptions<Raw, Message>): CompleteOptions {
  const { failureLog = noStore, clock = systemClock, write = writeToStdout } = options;
  const complete = { ...options, failureLog, clock, write, settings: completeSettings(options.settings) };
  return complete as unknown as CompleteOptions;
}

export interface ConsumerSettings {
  /** Lanes in flight at once, of a handler of `one`. A handler of `many` gets a message of every lane in one call. */
  readonly concurrency: number;
  /** Milliseconds of the function's time-out that are reserved for the report. */
  readonly reserveMs: number;
  /**
   * Age above which a message is parked as EXPIRED, at any receive; not after a retry from the dead-letter queue or a
   * redrive. 0: never.
   */
  readonly maxAgeSeconds: number;
  /** For a transport without a last attempt, such as a stream: a failed record older than this is parked; 0: never. */
  readonly giveUpAfterSeconds: number;
  /** Upper bound of the back-off after the first receive of a queue with `backOff`; it doubles with each receive. */
  readonly firstBackOffSeconds: number;
  /** Upper bound after any receive. */
  readonly longestBackOffSeconds: number;
}

const DEFAULTS: ConsumerSettings = {
  concurrency: 10,
  reserveMs: 1_000,
  maxAgeSeconds: 0,
  giveUpAfterSeconds: 0,
  // Five receives outlast an outage of a minute.
  firstBackOffSeconds: 30,
  longestBackOffSeconds: 300,
};
const RANGES: Readonly<Record<keyof ConsumerSettings, readonly [number, number]>> = {
  concurrency: [1, 10_000],
  reserveMs: [0, 60_000],
  maxAgeSeconds: [0, 1_209_600],
  giveUpAfterSeconds: [0, 86_400],
  firstBackOffSeconds: [1, 3_600],
  longestBackOffSeconds: [1, 36_000],
};

/** The settings with their defaults. Throws on an unknown key and on a value out of range. */
export function completeSettings(settings: Partial<ConsumerSettings> = {}): ConsumerSettings {
  for (const [key, value] of Object.entries(settings)) {
    const range = RANGES[key as keyof ConsumerSettings];
    if (range === undefined) {
      throw new RangeError(`Unknown setting "${key}"; known are ${Object.keys(RANGES).join(", ")}.`);
    }
    const [minimum, maximum] = range;
    if (!Number.isInteger(value) || value < minimum || value > maximum) {
      throw new RangeError(
        `${key} must be an integer from ${minimum} to ${maximum}; received ${String(value)}.`,
      );
    }
  }
  return { ...DEFAULTS, ...settings };
}

/**
 * Stores nothing, so it parks nothing: the message is negative-acknowledged, and its queue moves it to the dead-letter
 * queue after the last receive.
 */
const noStore: FailureLog = {
  park: async (_, reason, error) => {
    throw new Unprocessable(
      reason,
      `${reason}, not parked: there is no store. ${errorLine(error) ?? ""}`.trim(),
    );
  },
  lastAttemptFailed: async () => {},
  resolve: async () => {},
};

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
      batches.set(context, openBatch(complete, event));
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
    batches.delete(context);
    try {
      await built(event, context);
    } catch (error) {
      if (batches.get(context)?.response === undefined) throw error;
    }
    const finished = batches.get(context);
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
