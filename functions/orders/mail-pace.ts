import type { Clock } from "../middleware/clock.ts";
import type { MailPace, MailSlots } from "./ports/mailer.ts";

/** One time each `intervalMs`; unused ones are lost, so that no burst follows a rest. */
export function mailPace(clock: Clock, intervalMs: number): MailPace {
  const free = freeTime(clock);
  return {
    async next(until) {
      const at = free.from();
      if (at >= until) return false;
      free.notBefore(at + intervalMs);
      await free.reach(at);
      return true;
    },
    holdOff: free.holdOff,
  };
}

/** Earlier times would be over when their booking is answered, and the mail late: closer to the next. */
const BOOKING_MS = 50;

/**
 * As `mailPace`, over all instances of a function: each time is booked first, with a write. For low rates, where two
 * instances with paces of their own would send two mails at once.
 */
export function sharedMailPace(clock: Clock, slots: MailSlots, intervalMs: number): MailPace {
  const free = freeTime(clock);
  let last: Promise<unknown> = Promise.resolve();

  /** The booked time; `undefined` where none is left before `until`. */
  async function book(until: number): Promise<number | undefined> {
    for (;;) {
      const at = free.from(BOOKING_MS);
      if (at >= until) return undefined;
      const taken = await slots.book(at, intervalMs);
      free.notBefore(taken ?? at + intervalMs);
      if (taken === undefined) return at;
    }
  }

  return {
    async next(until) {
      // One after the other: the mails of a batch would compete for one time.
      const booked = last.then(() => book(until));
      last = booked.catch(() => undefined);
      const at = await booked;
      if (at === undefined) return false;
      await free.reach(at);
      return true;
    },
    holdOff: free.holdOff,
  };
}

/** The time from which on an instance may send, as far as it is known to it. */
function freeTime(clock: Clock) {
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
    from: (leadMs = 0) => Math.max(read() + leadMs, free),
    notBefore(at: number): void {
      free = Math.max(free, at);
    },
    async reach(at: number): Promise<void> {
      const waitMs = at - read();
      if (waitMs > 0) await clock.sleep(waitMs);
    },
    holdOff(ms: number): void {
      free = Math.max(free, read() + ms);
    },
  };
}
