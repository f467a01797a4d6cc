import type { BatchMiddleware } from "./batch-middleware.ts";
import type { Clock } from "./clock.ts";
import type { FailureLog } from "./failure-log.ts";
import type { Outcome } from "./outcome.ts";
import type { Decoded, Transport } from "./transport.ts";

/** `deadline` is in milliseconds since the epoch; what is not finished by then is reported as failed. */
export type HandleOne<Message> = (message: Message, deadline: number) => Promise<Outcome> | Outcome;
/** Returns one outcome for each message, in their order. */
export type HandleMany<Message> = (
  messages: readonly Message[],
  deadline: number,
) => Promise<readonly Outcome[]>;

export interface ConsumerOptions<Raw, Message> {
  /** Appears in metrics, audit lines and failed messages. */
  readonly name: string;
  readonly transport: Transport<Raw>;
  /**
   * The first step of `decode`, optional. The whole batch is parsed before its first record is checked: parser and
   * checks in alternation evict each other from the processor's caches and take a fifth longer. MUST NOT throw.
   */
  readonly parse?: (raw: Raw) => unknown;
  /** The content of a record, from the result of `parse`. MUST NOT throw for bad content, but return `malformed`. */
  readonly decode: (raw: Raw, parsed: unknown) => Decoded<Message>;
  /**
   * Handles one message or many at once, never two messages of one lane at once. A rejection with `Unprocessable`
   * parks the message; any other is a retry.
   */
  readonly handle: { readonly one: HandleOne<Message> } | { readonly many: HandleMany<Message> };
  readonly failureLog: FailureLog;
  readonly clock: Clock;
  /** Value of the dimension `service` on metrics, which distinguishes stages. */
  readonly service?: string;
  /** Takes metrics and audit lines, each ending in a newline. */
  readonly write: (text: string) => void;
  readonly settings?: Partial<ConsumerSettings>;
  /** Replaces the preset: `deadline(settings)`, `metrics(options)`, `audit()`. */
  readonly middlewares?: readonly BatchMiddleware[];
  /** Metrics under other names, computed from the counts of one type. */
  readonly alsoCount?: (counts: Readonly<Record<OutcomeCount, number>>) => Readonly<Record<string, number>>;
}

export type OutcomeCount = "consumed" | "duplicate" | "ignored" | "failed" | "parked";

export interface ConsumerSettings {
  /** Lanes in flight at once, of a handler of `one`. A handler of `many` gets a message of every lane in one call. */
  readonly concurrency: number;
  /** Milliseconds of the function's time-out that are reserved for the report. */
  readonly reserveMs: number;
  /** A message that did not fail before and is older than this is parked as EXPIRED; 0 switches expiry off. */
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
