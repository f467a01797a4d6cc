import type { Clock } from "./clock.ts";
import type { FailureLog } from "./failure-log.ts";
import type { Outcome } from "./outcome.ts";
import type { Decoded, Transport } from "./transport.ts";

export interface ConsumerOptions<Raw, Message> {
  /** Appears in metrics, audit lines and failed messages. */
  readonly name: string;
  readonly transport: Transport<Raw>;
  /**
   * What `decode` begins with, where a parser has to get it. The whole batch is parsed before its first record is
   * checked: taking turns, parser and checks push each other out of the processor's caches, and both together take
   * a fifth longer. MUST NOT throw.
   */
  readonly parse?: (raw: Raw) => unknown;
  /** The content of a record, from what `parse` answered. MUST NOT throw for bad content: it answers `malformed`. */
  readonly decode: (raw: Raw, parsed: unknown) => Decoded<Message>;
  /**
   * Handles one message, or many at once with one outcome for each, in their order. It never sees two messages
   * of one lane at once. A rejection is classified: `Unprocessable` parks, anything else is tried again.
   * `deadline` is in milliseconds since the epoch; what is not done by then is reported as failed.
   */
  readonly handle:
    | { readonly one: (message: Message, deadline: number) => Promise<Outcome> | Outcome }
    | { readonly many: (messages: readonly Message[], deadline: number) => Promise<readonly Outcome[]> };
  readonly failureLog: FailureLog;
  readonly clock: Clock;
  /** Value of the dimension `service` on metrics; tells stages apart. */
  readonly service?: string;
  /** Takes metrics and audit lines, each ending in a newline. */
  readonly write: (text: string) => void;
  readonly settings?: Partial<ConsumerSettings>;
  /** Metrics under other names, computed from the counts of one type. */
  readonly alsoCount?: (counts: Readonly<Record<OutcomeCount, number>>) => Readonly<Record<string, number>>;
}

export type OutcomeCount = "consumed" | "duplicate" | "ignored" | "failed" | "parked";

export interface ConsumerSettings {
  /** Lanes in flight at once, of a handler of `one`. A handler of `many` gets a message of every lane in one call. */
  readonly concurrency: number;
  /** Milliseconds kept back from the function's timeout, to report in. */
  readonly reserveMs: number;
  /** A first copy older than this is parked as EXPIRED; 0 switches expiry off. */
  readonly maxAgeSeconds: number;
  /** Where no transport ever gives up, as a stream: a record older than this is parked, not reported; 0 is never. */
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
