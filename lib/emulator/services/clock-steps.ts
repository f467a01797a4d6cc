import type { Clock } from "../types.ts";
import type { Messaging } from "./start-messaging.ts";

const WATCH_MS = 500;
/** A smaller difference is the slow correction of a clock, not a step. */
const STEP_MS = 1_000;

/**
 * Moves the deadlines of messages when the wall clock is set. fauxqs compares them with the wall clock: set back by an
 * hour, it would hide messages in flight, and delay others, for an hour. Returns a function that stops it.
 */
export function followClockSteps(queues: Messaging["queues"], wall: Clock, elapsed: Clock): () => void {
  let offset = wall.now() - elapsed.now();
  const timer = setInterval(() => {
    const step = wall.now() - elapsed.now() - offset;
    if (Math.abs(step) < STEP_MS) return;
    offset += step;
    for (const queue of queues.allQueues()) shiftDeadlines(queue, step);
  }, WATCH_MS);
  timer.unref();
  return () => clearInterval(timer);
}

type Queue = ReturnType<Messaging["queues"]["allQueues"]> extends Iterable<infer Each> ? Each : never;

function shiftDeadlines(queue: Queue, step: number): void {
  for (const entry of queue.inflightMessages.values()) entry.visibilityDeadline += step;
  for (const message of [queue.delayedMessages, ...queue.fifoDelayed.values()].flat()) {
    if (message.delayUntil !== undefined) message.delayUntil += step;
  }
}
