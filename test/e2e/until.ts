import { setTimeout as pause } from "node:timers/promises";
import { SLOWNESS_VARIABLE } from "./names.ts";

const SLOWNESS = Number(process.env[SLOWNESS_VARIABLE] ?? 1);
const TIMEOUT_MS = 60_000;
/** A few concurrent cases stay well below the API's throttle. */
const POLL_MS = 50;
/** Upper bound of the growing pause, because each read invokes a function. */
const LONGEST_POLL_MS = 500;

/**
 * Polls until there is a value to return. Rejects with the description after `timeoutMs` (times the factor of the target).
 * An exception of a read ends it at once.
 */
export async function until<Seen>(
  what: string,
  look: () => Promise<Seen | undefined>,
  timeoutMs = TIMEOUT_MS,
): Promise<Seen> {
  const boundMs = timeoutMs * SLOWNESS;
  const end = performance.now() + boundMs;
  for (let pollMs = POLL_MS; ; pollMs = Math.min(pollMs * 1.15, LONGEST_POLL_MS)) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > end) throw new Error(`Not within ${boundMs} ms: ${what}`);
    await pause(pollMs * SLOWNESS);
  }
}

/** As `until`, for a condition. */
export async function untilTrue(what: string, holds: () => Promise<boolean>, timeoutMs?: number) {
  await until(what, async () => ((await holds()) ? true : undefined), timeoutMs);
}
