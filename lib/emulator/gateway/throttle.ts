import type { ApiSpec } from "../assembly/model.ts";
import type { Clock } from "../types.ts";

/** The token bucket of the API: returns true where a request may pass. `clock` measures the passing time. */
export function makeThrottle(limit: ApiSpec["throttle"], clock: Clock): () => boolean {
  if (limit === undefined) return () => true;
  let tokens = limit.burst;
  let at = clock.now();
  return () => {
    const now = clock.now();
    tokens = Math.min(limit.burst, tokens + (Math.max(0, now - at) / 1000) * limit.rate);
    at = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
