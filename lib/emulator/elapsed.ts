import type { Clock } from "./types.ts";

/** For durations: it goes on when the wall clock is set back or forward. Its start means nothing. */
export const elapsed: Clock = { now: () => performance.now() };
