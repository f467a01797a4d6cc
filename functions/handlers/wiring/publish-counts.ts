import { METRICS } from "../../contract/names.ts";
import type { OutcomeCount } from "../../middleware/consumer-options.ts";

/** What went to a topic and what did not, under the publishers' own names. */
export function publishCounts({ consumed, failed, parked }: Readonly<Record<OutcomeCount, number>>) {
  return { [METRICS.published]: consumed, [METRICS.publishFailed]: failed + parked };
}
