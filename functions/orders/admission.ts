import type { Clock } from "../middleware/clock.ts";
import type { Admission } from "./order-commands.ts";

const FRESH_FOR_MS = 5_000;
const LOOK_MS = 200;
/** After so many looks that were due and not made, because no order came, the last one says nothing about now. */
const MISSED_LOOKS = 3;

/**
 * Closes when the backlog, in messages, is above `limit`. It is looked up at most every `freshForMs`, the first
 * time when this instance is that old, so that a cold start does not load the client. A look-up that fails
 * leaves the door open: losing the number is no reason to refuse orders.
 */
export function admission(
  { backlog, clock }: { readonly backlog: () => Promise<number>; readonly clock: Clock },
  limit: number,
  freshForMs = FRESH_FOR_MS,
): Admission {
  let known = 0;
  let askedAt = clock.now();
  // The distance, because a clock that was set back must not stop the looks.
  const ageMs = () => Math.abs(clock.now() - askedAt);
  return {
    isOpen: () => known <= limit || ageMs() >= MISSED_LOOKS * freshForMs,
    async refresh() {
      if (ageMs() < freshForMs) return;
      askedAt = clock.now();
      const look = backlog().then(
        (length) => {
          known = length;
        },
        () => {
          known = 0;
        },
      );
      // A queue service that hangs must not hold up an order that is already written.
      const looked = new AbortController();
      const timeouts = clock.sleep(LOOK_MS, looked.signal);
      await Promise.race([look.finally(() => looked.abort("looked")), timeouts]);
    },
  };
}
