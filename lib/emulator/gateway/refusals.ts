const FIRST_MS = 200;
const EVERY_MS = 5_000;

/** Counts refused requests. */
export interface Refusals {
  /** `what` is the status and the code: `429 THROTTLED`. */
  add(what: string): void;
}

/** Prints refused requests: soon after the first one, then at most every five seconds, however many there are. */
export function reportRefusals(log: (text: string) => void): Refusals {
  const counts = new Map<string, number>();
  let isWaiting = false;
  let waitMs = FIRST_MS;
  const print = () => {
    isWaiting = false;
    // After a whole period without refusals, the next one is printed soon again.
    waitMs = counts.size === 0 ? FIRST_MS : EVERY_MS;
    if (counts.size === 0) return;
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const parts = [...counts].map(([what, count]) => `${count} with ${what}`);
    counts.clear();
    log(`refused ${total} request${total === 1 ? "" : "s"}: ${parts.join(", ")}`);
    wait();
  };
  const wait = () => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(print, waitMs).unref();
  };
  return {
    add(what) {
      counts.set(what, (counts.get(what) ?? 0) + 1);
      wait();
    },
  };
}
