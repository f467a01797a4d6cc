import type { Clock } from "../../../../functions/middleware/clock.ts";
import type { Random } from "../../simulation/engine/random.ts";

/** Time that passes only where nothing is left to run: a run of a minute takes a second. */
export interface VirtualTime {
  readonly clock: Clock;
  /** Runs until `ms`, and then leaves what still waits. */
  runUntil(ms: number): Promise<void>;
}

interface Timer {
  readonly at: number;
  /** Timers of one moment run in the sequence in which they were set. */
  readonly turn: number;
  wake(): void;
}

/** Time begins at 0. Only promises and this clock may be waited for. */
export function virtualTime(random: Random): VirtualTime {
  const timers: Timer[] = [];
  let now = 0;
  let turns = 0;
  return {
    clock: {
      now: () => now,
      random: random.next,
      sleep: (ms) => new Promise((wake) => push(timers, { at: now + Math.max(0, ms), turn: turns++, wake })),
    },
    async runUntil(ms) {
      for (;;) {
        // All promises that can continue have continued by then.
        await new Promise((resolve) => setImmediate(resolve));
        const next = timers[0];
        if (next === undefined || next.at > ms) return;
        pop(timers);
        now = next.at;
        next.wake();
      }
    },
  };
}

const isBefore = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.turn < b.turn);

/** A binary heap: thousands of timers wait at a time. */
function push(heap: Timer[], timer: Timer): void {
  let i = heap.length;
  heap.push(timer);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent] as Timer;
    if (!isBefore(timer, above)) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) child++;
    if (!isBefore(heap[child] as Timer, last)) break;
    heap[i] = heap[child] as Timer;
    i = child;
  }
  heap[i] = last;
}
