import type { Clock } from "../../functions/ports/clock.ts";

/** A clock that stands until it is told otherwise; sleeping moves it on. Chance is a seeded sequence. */
export function fakeClock(startAt = Date.UTC(2026, 0, 1), seed = 1): Clock & { advance(ms: number): void } {
  let now = startAt;
  let state = seed;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
    // https://en.wikipedia.org/wiki/Linear_congruential_generator, constants of Numerical Recipes
    random() {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    },
    async sleep(ms, signal) {
      if (signal === undefined) now += ms;
      else
        await new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => resolve(), { once: true }),
        );
    },
  };
}
