import type { Clock } from "../middleware/clock.ts";

/** The times at which one instance of a function may send, over all of its invocations. */
export interface MailPace {
  /** Waits for the next time; false, without waiting, where it is not before `until` (milliseconds since the epoch). */
  next(until: number): Promise<boolean>;
  /** Nothing is sent for so long: the provider refused a mail for its rate. */
  pause(ms: number): void;
}

/** One time each `intervalMs`; unused ones are lost, so that no burst follows a rest. */
export function mailPace(clock: Clock, intervalMs: number): MailPace {
  let free = 0;
  let seen = 0;
  const read = () => {
    const now = clock.now();
    // The clock was set back: the times of before mean nothing any more.
    if (now < seen) free = now;
    seen = now;
    return now;
  };
  return {
    async next(until) {
      const now = read();
      const at = Math.max(free, now);
      if (at >= until) return false;
      free = at + intervalMs;
      if (at > now) await clock.sleep(at - now);
      return true;
    },
    pause(ms) {
      free = Math.max(free, read() + ms);
    },
  };
}
