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
