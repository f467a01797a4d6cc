import { useCallback, useContext, useEffect, useReducer, useRef } from "preact/hooks";
import { type Problem, toProblem } from "./fetch-json.ts";
import { TargetInfo } from "./target-info.ts";

/** A value, with the time of its request, from which it is at least, and that of its response. */
interface Read<Value> {
  readonly value: Value;
  readonly at: number;
  readonly answeredAt: number;
}

/** The state of a value that is polled. A failure keeps the latest value. */
export type Polled<Value> =
  | { readonly kind: "loading" }
  | ({ readonly kind: "ready" } & Read<Value>)
  | ({ readonly kind: "failed"; readonly problem: Problem } & Partial<Read<Value>>);

export interface PollOptions<Value> {
  /** Multiplies the refresh interval: 4 reads at every fourth, 0 once. It can depend on the latest value. */
  readonly every?: number | ((latest: Value | undefined) => number);
  /** Cost of a read on AWS: `high` is read less often there, `manual` only by `refresh`. */
  readonly cost?: "low" | "high" | "manual";
}

/** A part of the page that shows a value. */
interface Reader {
  readonly read: () => Promise<unknown>;
  /** Time between a response and the next read; 0: no further read after a response. */
  readonly intervalMs: (polled: Polled<unknown>) => number;
  /** Time after a read without a response. */
  readonly retryMs: number;
  readonly show: () => void;
}

/** A value that is read for all parts of the page that show it. */
interface Poll {
  polled: Polled<unknown>;
  readonly readers: Set<Reader>;
  isPending: boolean;
  /** A read was asked for while one was pending: the pending one may be older than what caused it. */
  isAsked: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const INTERVAL_FACTORS = { low: 1, high: 4, manual: 0 } as const;
/** Values kept for the way back to a view. */
const MAX_KEPT = 30;

const polls = new Map<string, Poll>();

/**
 * Reads now, and again each refresh interval of the target after the response, except while the page is hidden. Parts
 * with the same `key` share the reads. `refresh` reads at once, or right after the pending read.
 */
export function usePoll<Value>(
  key: string,
  read: () => Promise<Value>,
  { every = 1, cost = "low" }: PollOptions<Value> = {},
): { readonly polled: Polled<Value>; readonly refresh: () => void } {
  const { refreshMs, about } = useContext(TargetInfo);
  const factorMs = refreshMs * (about.where === "aws" ? INTERVAL_FACTORS[cost] : 1);
  const latest = useRef({ read, every });
  latest.current = { read, every };
  const [, show] = useReducer((turn: number, _: undefined) => turn + 1, 0);
  useEffect(
    () =>
      join(key, {
        read: () => latest.current.read(),
        // The value is of this key.
        intervalMs: (polled) => factorMs * everyOf(latest.current.every, polled as Polled<Value>),
        retryMs: refreshMs,
        show: () => show(undefined),
      }),
    [key, factorMs, refreshMs],
  );
  const refresh = useCallback(() => ask(pollOf(key)), [key]);
  return { polled: pollOf(key).polled as Polled<Value>, refresh };
}

const everyOf = <Value>(every: NonNullable<PollOptions<Value>["every"]>, polled: Polled<Value>): number =>
  typeof every === "number" ? every : every(latestValue(polled));

/** The latest value, also after a failure. */
export function latestValue<Value>(polled: Polled<Value>): Value | undefined {
  return polled.kind === "loading" ? undefined : polled.value;
}

/** How old the shown values are, by the one that is behind the others. */
export interface Freshness {
  readonly at: number;
  readonly answeredAt: number;
  /** A value has missed its refreshes. */
  readonly isLate: boolean;
}

/** A value is late after three refreshes that brought no response. */
const LATE_REFRESHES = 3;

/** Of the values that are read again and again; undefined before the first response. */
export function freshness(now = Date.now()): Freshness | undefined {
  const read = [...polls.values()].flatMap((poll) => {
    const { polled } = poll;
    const intervalMs = intervalOf(poll);
    if (polled.kind === "loading" || polled.at === undefined || polled.answeredAt === undefined) return [];
    return intervalMs === 0 ? [] : [{ at: polled.at, answeredAt: polled.answeredAt, intervalMs }];
  });
  if (read.length === 0) return undefined;
  const shortest = Math.min(...read.map(({ intervalMs }) => intervalMs));
  const frequent = read.filter(({ intervalMs }) => intervalMs === shortest);
  return {
    at: Math.min(...frequent.map(({ at }) => at)),
    answeredAt: Math.min(...frequent.map(({ answeredAt }) => answeredAt)),
    isLate: read.some(({ answeredAt, intervalMs }) => now - answeredAt > LATE_REFRESHES * intervalMs),
  };
}

function pollOf(key: string): Poll {
  const known = polls.get(key);
  if (known !== undefined) return known;
  const poll: Poll = {
    polled: { kind: "loading" },
    readers: new Set(),
    isPending: false,
    isAsked: false,
    timer: undefined,
  };
  polls.set(key, poll);
  forgetOldest();
  return poll;
}

function forgetOldest(): void {
  for (const [key, { readers }] of polls) {
    if (polls.size <= MAX_KEPT) return;
    if (readers.size === 0) polls.delete(key);
  }
}

/** Forgets the values that nothing shows: a view that could not show one reads it again. */
export function forgetUnshown(): void {
  for (const [key, { readers, isPending }] of polls) if (readers.size === 0 && !isPending) polls.delete(key);
}

function join(key: string, reader: Reader): () => void {
  const poll = pollOf(key);
  // The latest to be shown is the last to be forgotten.
  polls.delete(key);
  polls.set(key, poll);
  poll.readers.add(reader);
  if (!poll.isPending) ask(poll);
  return () => {
    poll.readers.delete(reader);
    if (poll.readers.size === 0) clearTimeout(poll.timer);
  };
}

function ask(poll: Poll): void {
  poll.isAsked = poll.isPending;
  const [reader] = poll.readers;
  if (poll.isPending || reader === undefined) return;
  poll.isPending = true;
  const at = Date.now();
  clearTimeout(poll.timer);
  reader
    .read()
    .then(
      (value): Polled<unknown> => ({ kind: "ready", value, at, answeredAt: Date.now() }),
      (error: unknown) => failedAfter(poll.polled, toProblem(error)),
    )
    .then((polled) => {
      poll.polled = polled;
      poll.isPending = false;
      for (const { show } of poll.readers) show();
      if (poll.isAsked) ask(poll);
      else schedule(poll);
    });
}

function schedule(poll: Poll): void {
  const intervalMs = intervalOf(poll);
  const [reader] = poll.readers;
  const waitMs = intervalMs === 0 && isUnanswered(poll) ? reader?.retryMs : intervalMs;
  if (waitMs === undefined || waitMs === 0) return;
  poll.timer = setTimeout(() => {
    if (!document.hidden) ask(poll);
  }, waitMs);
}

/** Whether the latest read brought no response of the API, as from a server that is stopped. */
const isUnanswered = ({ polled }: Poll): boolean =>
  polled.kind === "failed" && (polled.problem.status === 0 || polled.problem.status >= 500);

const intervalOf = ({ readers, polled }: Poll): number => {
  const intervals = [...readers].map(({ intervalMs }) => intervalMs(polled)).filter((ms) => ms > 0);
  return intervals.length === 0 ? 0 : Math.min(...intervals);
};

// Timers that ran out while the page was hidden did not read.
globalThis.document?.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const poll of polls.values()) if (intervalOf(poll) > 0 || isUnanswered(poll)) ask(poll);
});

function failedAfter(before: Polled<unknown>, problem: Problem): Polled<unknown> {
  return before.kind === "loading" ? { kind: "failed", problem } : { ...before, kind: "failed", problem };
}
