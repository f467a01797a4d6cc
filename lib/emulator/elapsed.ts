import type { Clock } from "./types.ts";

/** Milliseconds for durations: independent of changes of the wall clock. The zero has no meaning. */
export const elapsed: Clock = { now: () => performance.now() };
