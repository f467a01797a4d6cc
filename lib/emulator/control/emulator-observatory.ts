import { QUEUE_CONSUMERS } from "../../../functions/consumers/consumers.ts";
import { ENV, SERVICE } from "../../../functions/contract/names.ts";
import { alarmView, urgentFirst } from "../../operator/observe/alarm-view.ts";
import type { AuditTrail } from "../../operator/observe/audit-trail.ts";
import { type Observatory, refuseMinutes } from "../../operator/observe/observatory.ts";
import { OWN_SERIES, type OwnSeries, sumOfKnown } from "../../operator/observe/own-series.ts";
import type { MetricSeries, MetricsAnswer } from "../../operator/observe/view-types.ts";
import type { EmulatorModel } from "../assembly/model.ts";
import { ORDER_LATENCY } from "../metrics/distributions.ts";
import { type MetricStore, SLOT_MS, type Steps } from "../metrics/metric-store.ts";
import type { Monitor } from "../metrics/monitor.ts";
import type { Clock } from "../types.ts";

export interface EmulatorView {
  readonly model: Pick<EmulatorModel, "functions">;
  readonly monitor: Pick<Monitor, "metrics" | "alarms" | "depths">;
  readonly orders: AuditTrail;
  readonly clock: Clock;
}

const MOST_STEPS = 180;

/** Observes the local emulator in its own process. */
export function emulatorObservatory({ model, monitor, orders, clock }: EmulatorView): Observatory {
  const service = model.functions[0]?.environment[ENV.service] ?? SERVICE;
  return {
    async queues() {
      const depths = monitor.depths();
      return QUEUE_CONSUMERS.flatMap((consumer) => {
        // Physical names begin with the stack's name. No consumer's name is the end of another's.
        const depthOf = (suffix: string) => depths.find(({ name }) => name.endsWith(`-${consumer}${suffix}`));
        const waitingIn = (suffix: string) => {
          const depth = depthOf(suffix);
          return depth === undefined ? 0 : depth.visible + depth.delayed + depth.inFlight;
        };
        const source = depthOf("");
        if (source === undefined) return [];
        const { visible, delayed, inFlight, oldestSeconds } = source;
        return {
          consumer,
          waiting: visible + delayed,
          inFlight,
          deadLetters: waitingIn("-dlq"),
          undelivered: waitingIn("-undelivered"),
          ...(visible + delayed + inFlight === 0 ? {} : { oldestSeconds }),
        };
      });
    },
    async metrics(minutes) {
      refuseMinutes(minutes);
      const steps = stepsOf(minutes, clock.now());
      return {
        stepSeconds: steps.stepMs / 1_000,
        at: Array.from({ length: steps.count }, (_, i) => steps.from + i * steps.stepMs),
        series: [
          ...OWN_SERIES.map((own) => seriesOf(monitor.metrics, own, service, steps)),
          ...orderLatency(monitor.metrics, steps),
        ],
      } satisfies MetricsAnswer;
    },
    async alarms() {
      return urgentFirst(monitor.alarms.states().map(alarmView));
    },
    async timeline(orderId) {
      return { orderId, entries: orders.entriesOf(orderId) };
    },
  };
}

/** The fewest whole slots a step that make at most 180 steps. The last step is the current one. */
function stepsOf(minutes: number, now: number): Steps {
  const slots = Math.max(1, Math.ceil((minutes * 60_000) / MOST_STEPS / SLOT_MS));
  const stepMs = slots * SLOT_MS;
  const count = Math.ceil((minutes * 60_000) / stepMs);
  return { from: (Math.floor(now / stepMs) - count + 1) * stepMs, stepMs, count };
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

function orderLatency(metrics: MetricStore, steps: Steps): readonly MetricSeries[] {
  return [
    { name: "orderLatencyP50", values: metrics.steps(ORDER_LATENCY, { share: 0.5 }, steps) },
    { name: "orderLatencyP99", values: metrics.steps(ORDER_LATENCY, { share: 0.99 }, steps) },
  ];
}
