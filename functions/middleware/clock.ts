/** Time and chance come in through here, so that a simulation can own both. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Resolves after `ms`, or as soon as the signal aborts. Never rejects. Keeps the process alive until then: a
   * time-out has to be aborted once it is not needed.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** At least 0, below 1. */
  random(): number;
}
