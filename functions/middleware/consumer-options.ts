import type { BatchMiddleware } from "./batch-middleware.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type FailureLog, noStore } from "./failure-log.ts";
import { type MetricsOptions, writeToStdout } from "./metrics.ts";
import type { Outcome } from "./outcome.ts";
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

/** Options with their defaults. */
export interface CompleteOptions<Raw, Message> extends ConsumerOptions<Raw, Message> {
  readonly failureLog: FailureLog;
  readonly clock: Clock;
  readonly write: (text: string) => void;
  readonly settings: ConsumerSettings;
}

/** The options with their defaults. Throws a RangeError on a setting that is unknown or out of range. */
export function completeOptions<Raw, Message>(
  options: ConsumerOptions<Raw, Message>,
): CompleteOptions<Raw, Message> {
  const { failureLog = noStore, clock = systemClock, write = writeToStdout } = options;
  return { ...options, failureLog, clock, write, settings: completeSettings(options.settings) };
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
}

const DEFAULTS: ConsumerSettings = {
  concurrency: 10,
  reserveMs: 1_000,
  maxAgeSeconds: 0,
  giveUpAfterSeconds: 0,
};
const RANGES: Readonly<Record<keyof ConsumerSettings, readonly [number, number]>> = {
  concurrency: [1, 10_000],
  reserveMs: [0, 60_000],
  maxAgeSeconds: [0, 1_209_600],
  giveUpAfterSeconds: [0, 86_400],
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
