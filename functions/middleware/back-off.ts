const FIRST_SECONDS = 2;
const LONGEST_SECONDS = 300;

/**
 * Seconds until a message is tried again: exponential in how often it was received, with full jitter.
 * `random` is at least 0 and below 1.
 */
export function backOffSeconds(receiveCount: number, random: number): number {
  const ceiling = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** Math.max(0, receiveCount - 1));
  return Math.round(random * ceiling);
}

/** Milliseconds between attempts at a row that another transaction is writing. */
export function conflictDelayMs(attempt: number, random: number): number {
  return random * Math.min(1_000, 20 * 2 ** attempt);
}

/** When an event that the topic refused is published again: one minute, doubling, at most an hour. */
export function republishDelaySeconds(failures: number): number {
  return Math.min(3_600, 60 * 2 ** Math.max(0, failures - 1));
}
