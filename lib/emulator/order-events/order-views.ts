import { ENV, SERVICE } from "../../../functions/contract/names.ts";
import { openAuditTrail } from "../../operator/observe/audit-trail.ts";
import { OWN_SERIES, type OwnSeries, sumOfKnown } from "../../operator/observe/own-series.ts";
import type { MetricSeries } from "../../operator/observe/view-types.ts";
import type { AppViews } from "../app-declaration.ts";
import type { EmulatorModel } from "../assembly/model.ts";
import type { MetricStore, Steps } from "../metrics/metric-store.ts";
import type { RecentLogs } from "../recent-logs.ts";
import { ORDER_LATENCY } from "./order-latency.ts";

/** The metrics of events, and the timeline of each order from the audit lines of the functions. */
export function orderViews({
  model,
  metrics,
  logs,
}: {
  readonly model: Pick<EmulatorModel, "functions">;
  readonly metrics: MetricStore;
  readonly logs: Pick<RecentLogs, "onLine">;
}): AppViews {
  const service = model.functions[0]?.environment[ENV.service] ?? SERVICE;
  const orders = openAuditTrail({}, (latencyMs) => metrics.record(ORDER_LATENCY, latencyMs));
  logs.onLine(orders.add);
  return {
    series: (steps) => [
      ...OWN_SERIES.map((own) => seriesOf(metrics, own, service, steps)),
      ...crashes(model.functions, metrics, steps),
      ...orderLatency(metrics, steps),
    ],
    timeline: (orderId) => ({ orderId, entries: orders.entriesOf(orderId) }),
  };
}

const statisticOf = (statistic: OwnSeries["statistic"]) =>
  statistic === "Sum" ? statistic : { share: Number(statistic.slice(1)) / 100 };

function seriesOf(metrics: MetricStore, own: OwnSeries, service: string, steps: Steps): MetricSeries {
  const { name, metric, statistic, consumer, types } = own;
  const of = (dimensions: Readonly<Record<string, string>>) =>
    metrics.steps({ namespace: SERVICE, name: metric, dimensions }, statisticOf(statistic), steps);
  if (consumer === undefined || types === undefined) return { name, values: of({ service }) };
  const each = types.map((type) => of({ service, consumer, type }));
  const values = Array.from({ length: steps.count }, (_, i) => sumOfKnown(each.map((values) => values[i])));
  return { name, consumer, values };
}

/** Crashes and time-outs, of all functions and of each that had any: they count no failed message. */
function crashes(functions: EmulatorModel["functions"], metrics: MetricStore, steps: Steps): MetricSeries[] {
  const each = functions.map(({ name, physicalName: FunctionName }) => ({
    name: "errors" as const,
    consumer: name,
    values: metrics.steps(
      { namespace: "AWS/Lambda", name: "Errors", dimensions: { FunctionName } },
      "Sum",
      steps,
    ),
  }));
  const all = Array.from({ length: steps.count }, (_, i) => sumOfKnown(each.map(({ values }) => values[i])));
  return [{ name: "errors", values: all }, ...each.filter(({ values }) => values.some(Boolean))];
}

function orderLatency(metrics: MetricStore, steps: Steps): readonly MetricSeries[] {
  return [
    { name: "orderLatencyP50", values: metrics.steps(ORDER_LATENCY, { share: 0.5 }, steps) },
    { name: "orderLatencyP99", values: metrics.steps(ORDER_LATENCY, { share: 0.99 }, steps) },
  ];
}
