/** Time and random numbers, so that a simulation can control both. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Resolves after `ms`, or as soon as the signal aborts. Never rejects. Keeps the process alive until then: abort a
   * time-out that is no longer needed.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** At least 0, below 1. */
  random(): number;
}
