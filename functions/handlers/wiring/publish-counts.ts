import { METRICS } from "../../contract/names.ts";
import type { OutcomeCount } from "../../middleware/metrics.ts";

/** Adds the metrics of publishers: published events, and failed attempts to publish. */
export function publishCounts({ consumed, failed, parked }: Readonly<Record<OutcomeCount, number>>) {
  return { [METRICS.published]: consumed, [METRICS.publishFailed]: failed + parked };
}
