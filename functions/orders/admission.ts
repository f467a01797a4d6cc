import type { Clock } from "../middleware/clock.ts";
import type { Admission } from "./order-commands.ts";

const FRESH_FOR_MS = 5_000;
const READ_MS = 200;
/** The backlog is out of date after so many reads that were due and not made, because no order came. */
const MISSED_READS = 3;

/**
 * Closes while the backlog, in messages, is above `limit`. The backlog is read at most every `freshForMs`, first when
 * this instance is that old, so that no cold start loads the client. A read that fails leaves admission open.
 */
export function admission(
  { backlog, clock }: { readonly backlog: () => Promise<number>; readonly clock: Clock },
  limit: number,
  freshForMs = FRESH_FOR_MS,
): Admission {
  let known = 0;
  let readAt = clock.now();
  // Absolute, because a clock that was set back must not stop the reads.
  const ageMs = () => Math.abs(clock.now() - readAt);
  return {
    isOpen: () => known <= limit || ageMs() >= MISSED_READS * freshForMs,
    async refresh() {
      if (ageMs() < freshForMs) return;
      readAt = clock.now();
      const read = backlog().then(
        (length) => {
          known = length;
        },
        () => {
          known = 0;
        },
      );
      // A service that hangs must not delay an order that is already written.
      const done = new AbortController();
      const timeouts = clock.sleep(READ_MS, done.signal);
      await Promise.race([read.finally(() => done.abort("read")), timeouts]);
    },
  };
}
