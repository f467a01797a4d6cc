import type { Clock } from "../../functions/middleware/clock.ts";

/**
 * A clock that advances by `advance` and by sleeping. Sleeps with a signal are time-outs: they end when the signal
 * aborts or `advance` passes them. Random numbers are a seeded sequence.
 */
export function fakeClock(startAt = Date.UTC(2026, 0, 1), seed = 1): Clock & { advance(ms: number): void } {
  let now = startAt;
  let state = seed;
  const timeouts = new Set<{ readonly at: number; wake(): void }>();
  return {
    now: () => now,
    advance(ms) {
      now += ms;
      for (const timeout of timeouts) if (timeout.at <= now) timeout.wake();
    },
    // https://en.wikipedia.org/wiki/Linear_congruential_generator, constants of Numerical Recipes
    random() {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    },
    async sleep(ms, signal) {
      if (signal === undefined) {
        now += ms;
        return;
      }
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timeout = {
        at: now + ms,
        wake() {
          timeouts.delete(timeout);
          resolve();
        },
      };
      timeouts.add(timeout);
      signal.addEventListener("abort", timeout.wake, { once: true });
      await promise;
    },
  };
}
