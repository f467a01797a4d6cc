import { setTimeout as pause } from "node:timers/promises";
import { SLOWNESS_VARIABLE } from "./names.ts";

const SLOWNESS = Number(process.env[SLOWNESS_VARIABLE] ?? 1);
const PATIENCE_MS = 60_000;
/** A few cases at once stay well below the API's throttle. */
const POLL_MS = 50;
/** What takes long is looked at less often: each look costs a call of a function. */
const LONGEST_POLL_MS = 500;

/**
 * Looks until there is something to return. Rejects with what was awaited after `patienceMs` (times what the target
 * is slower than the emulator); what a look throws ends it at once.
 */
export async function until<Seen>(
  what: string,
  look: () => Promise<Seen | undefined>,
  patienceMs = PATIENCE_MS,
): Promise<Seen> {
  const timeouts = patienceMs * SLOWNESS;
  const end = performance.now() + timeouts;
  for (let pollMs = POLL_MS; ; pollMs = Math.min(pollMs * 1.15, LONGEST_POLL_MS)) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > end) throw new Error(`Waited ${timeouts} ms in vain: ${what}`);
    await pause(pollMs * SLOWNESS);
  }
}

/** As `until`, for what is true or not. */
export async function untilTrue(what: string, holds: () => Promise<boolean>, patienceMs?: number) {
  await until(what, async () => ((await holds()) ? true : undefined), patienceMs);
}
