import type { ApiSpec } from "../assembly/model.ts";
import type { Clock } from "../types.ts";

/**
 * A token bucket: returns true where `count` requests may pass. They pass together while one token is left, and the next
 * ones wait for what is missing. `clock` measures the passing time.
 */
export function makeThrottle(limit: ApiSpec["throttle"], clock: Clock): (count?: number) => boolean {
  if (limit === undefined) return () => true;
  let tokens = limit.burst;
  let at = clock.now();
  return (count = 1) => {
    const now = clock.now();
    tokens = Math.min(limit.burst, tokens + (Math.max(0, now - at) / 1000) * limit.rate);
    at = now;
    if (tokens < 1) return false;
    tokens -= count;
    return true;
  };
}
