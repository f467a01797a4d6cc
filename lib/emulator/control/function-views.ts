import type { FunctionView, LogView } from "../../operator/observe/view-types.ts";
import type { FunctionSpec } from "../assembly/model.ts";
import type { MetricStore } from "../metrics/metric-store.ts";
import type { RecentLogs } from "../recent-logs.ts";

/** What each function did since the start of the emulator. */
export function functionViews(
  functions: readonly FunctionSpec[],
  metrics: Pick<MetricStore, "totals">,
): readonly FunctionView[] {
  const totals = metrics.totals().filter(({ id }) => id.namespace === "AWS/Lambda");
  return functions.map(({ name, physicalName }) => {
    const of = (metric: string) =>
      totals.find(({ id }) => id.name === metric && id.dimensions["FunctionName"] === physicalName);
    const duration = of("Duration");
    return {
      name,
      invocations: of("Invocations")?.sum ?? 0,
      errors: of("Errors")?.sum ?? 0,
      throttles: of("Throttles")?.sum ?? 0,
      ...(duration === undefined ? {} : { meanDurationMs: duration.sum / duration.count }),
    };
  });
}

const SHOWN = 1_000;
const LONGEST = 2_000;

/** The latest lines, newest first, without the lines of metrics. */
export function logViews(logs: Pick<RecentLogs, "recent">): readonly LogView[] {
  return logs
    .recent()
    .map(({ at, source, stream, text }, id) => ({
      id,
      at,
      source,
      text: text.slice(0, LONGEST),
      isError: stream === "stderr",
    }))
    .filter(({ text }) => !text.includes('"_aws"'))
    .slice(-SHOWN)
    .toReversed();
}
