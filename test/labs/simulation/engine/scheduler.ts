import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../../../../functions/middleware/clock.ts";
import type { LogRecord } from "../cloud/log.ts";
import type { Received } from "../cloud/queue.ts";
import type { QueuedMessage } from "../cloud/rabbitmq-queue.ts";
import type { Random } from "./random.ts";
import type { Trace } from "./trace.ts";

/** One invocation of a function, or one request of an operator or client. */
export interface Invocation {
  readonly id: number;
  readonly name: string;
  /** Clock skew of the host. */
  readonly skewMs: number;
  readonly startedAt: number;
  /** Its messages, where it reads a queue. */
  received?: readonly Received[];
  /** Its records, where it reads a Kafka topic. */
  records?: readonly LogRecord[];
  /** Its messages, where it reads a queue of RabbitMQ. */
  deliveries?: readonly QueuedMessage[];
  /** A dead invocation does not continue; a zombie continues after its time-out without a result. */
  state: "running" | "zombie" | "dead";
}

/** A step that is ready to run. */
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

/** Owns time, randomness and the order of steps: all calls of ports and timers wait here. */
export interface Scheduler {
  readonly random: Random;
  readonly trace: Trace;
  readonly ready: Pending[];
  /** The invocation of the current step: the scheduler calls the port, outside of the caller's context. */
  readonly acting: Invocation | undefined;
  now(): number;
  /** Advances the clock; due timers become ready, in any order. */
  advanceTo(at: number): void;
  /** Time of the next timer; Infinity where there is none. */
  nextTimerAt(): number;
  after(ms: number, pending: Pending): Timer;
  /** Runs one ready step, chosen by the seed. */
  runOne(): void;
  /** The clock of the code under test, with skew. */
  readonly clock: Clock;
}

/** The invocation that the running code belongs to. */
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

/** A timer can be cancelled after it is due and before it runs. */
function whenFired(timer: Timer): Pending {
  const { label, invocation, run } = timer.pending;
  return { label, invocation, run: () => (timer.isCancelled ? undefined : run()) };
}
