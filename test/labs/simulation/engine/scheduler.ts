import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../../../../functions/middleware/clock.ts";
import type { LogRecord } from "../cloud/log.ts";
import type { Received } from "../cloud/queue.ts";
import type { Random } from "./random.ts";
import type { Trace } from "./trace.ts";

/** One run of a function, of an operator's tool or of a client. */
export interface Invocation {
  readonly id: number;
  readonly name: string;
  /** How far the host's clock is off. */
  readonly skewMs: number;
  readonly startedAt: number;
  /** What it was given to handle, where it reads a queue. */
  received?: readonly Received[];
  /** The same, where it reads a Kafka topic. */
  records?: readonly LogRecord[];
  /** Nothing of a dead one runs again; a zombie goes on after its time-out, unheard. */
  state: "running" | "zombie" | "dead";
}

/** Something that is ready to happen. */
export interface Pending {
  readonly label: string;
  readonly invocation?: Invocation | undefined;
  run(): void;
  readonly detail?: () => string;
}

export interface Timer {
  readonly at: number;
  readonly pending: Pending;
  isCancelled: boolean;
}

/** Owns time, chance and the order of everything: whatever awaits a port or a timer waits here. */
export interface Scheduler {
  readonly random: Random;
  readonly trace: Trace;
  readonly ready: Pending[];
  /** Whose step it is: a port is called in the scheduler's name, and not in that of who asked. */
  readonly acting: Invocation | undefined;
  now(): number;
  /** Moves the clock on; the timers that fall due become ready, in any order. */
  advanceTo(at: number): void;
  /** When the next timer falls due; Infinity where there is none. */
  nextTimerAt(): number;
  after(ms: number, pending: Pending): Timer;
  /** Runs one ready thing, chosen by the seed. */
  runOne(): void;
  /** The clock that product code sees, skew included. */
  readonly clock: Clock;
}

/** Which run the code that is executing belongs to. */
export const currentInvocation = new AsyncLocalStorage<Invocation>();

export function newScheduler(random: Random, chance: Random, trace: Trace, startAt: number): Scheduler {
  const ready: Pending[] = [];
  let timers: Timer[] = [];
  let now = startAt;
  let acting: Invocation | undefined;

  const after = (ms: number, pending: Pending): Timer => {
    const timer: Timer = { at: now + Math.max(0, ms), pending, isCancelled: false };
    timers.push(timer);
    return timer;
  };
  const isAlive = ({ isCancelled, pending }: Timer) => !isCancelled && pending.invocation?.state !== "dead";

  return {
    random,
    trace,
    ready,
    get acting() {
      return acting;
    },
    now: () => now,
    after,
    nextTimerAt() {
      timers = timers.filter(isAlive);
      return timers.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
    },
    advanceTo(at) {
      now = Math.max(now, at);
      const waiting: Timer[] = [];
      for (const timer of timers) {
        if (!isAlive(timer)) continue;
        if (timer.at > now) waiting.push(timer);
        else ready.push(whenFired(timer));
      }
      timers = waiting;
    },
    runOne() {
      const index = random.below(ready.length);
      const chosen = ready[index] as Pending;
      ready[index] = ready[ready.length - 1] as Pending;
      ready.length -= 1;
      if (chosen.invocation?.state === "dead") return;
      acting = chosen.invocation;
      try {
        chosen.run();
      } finally {
        trace.step(now, chosen.label, chosen.detail);
      }
    },
    clock: {
      now: () => now + (currentInvocation.getStore()?.skewMs ?? 0),
      random: () => chance.next(),
      sleep: (ms, signal) =>
        new Promise<void>((resolve) => {
          if (signal?.aborted === true) {
            resolve();
            return;
          }
          const invocation = currentInvocation.getStore();
          const timer = after(ms, { label: "wake", invocation, run: resolve });
          const stop = () => {
            timer.isCancelled = true;
            resolve();
          };
          signal?.addEventListener("abort", stop, { once: true });
        }),
    },
  };
}

/** A timer may be called off between falling due and its turn. */
function whenFired(timer: Timer): Pending {
  const { label, invocation, run } = timer.pending;
  return { label, invocation, run: () => (timer.isCancelled ? undefined : run()) };
}
