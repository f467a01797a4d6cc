import type { ApiSpec, EmulatorModel } from "../assembly/model.ts";
import { parseJsonLine } from "../json-line.ts";
import type { RecentLogs } from "../recent-logs.ts";
import type { Messaging } from "../services/start-messaging.ts";
import type { Clock } from "../types.ts";
import { type AlarmState, type AlarmWatch, watchAlarms } from "./alarm-watch.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";
import { createMetricStore, type MetricStore } from "./metric-store.ts";
import { countReceives, type QueueDepth, queueDepths, recordQueues } from "./service-metrics.ts";

/** Metrics and alarms of the emulator: its CloudWatch. */
export interface Monitor {
  readonly metrics: MetricStore;
  readonly alarms: AlarmWatch;
  depths(): readonly QueueDepth[];
  /** Counts one answer of an API. */
  answered(api: ApiSpec, status: number, latencyMs: number): void;
  stop(): void;
}

const SAMPLE_MS = 1_000;

/** Turns log lines into metrics, samples the queues, and evaluates the template's alarms each second. */
export function startMonitor(
  model: EmulatorModel,
  messaging: Messaging,
  logs: RecentLogs,
  clock: Clock,
  onAlarm: (state: AlarmState) => void,
  distributions: ReadonlySet<string> = new Set(),
): Monitor {
  const metrics = createMetricStore(clock, new Set(["Duration", ...distributions]));
  const alarms = watchAlarms(model.alarms, metrics, clock, onAlarm);
  const forgetLines = logs.onLine(({ text }) => {
    for (const { id, value } of embeddedMetrics(parseJsonLine(text))) metrics.record(id, value);
  });
  countReceives(messaging, metrics);
  const depths = () => queueDepths(messaging, clock.now());
  const timer = setInterval(() => {
    recordQueues(metrics, depths());
    alarms.evaluate();
  }, SAMPLE_MS);
  return {
    metrics,
    alarms,
    depths,
    answered({ kind, id, name, stageName: Stage }, status, latencyMs) {
      const isRest = kind === "rest";
      const dimensions = isRest ? { ApiName: name, Stage } : { ApiId: id, Stage };
      const record = (name: string, value: number) =>
        metrics.record({ namespace: "AWS/ApiGateway", name, dimensions }, value);
      record("Count", 1);
      record("Latency", latencyMs);
      record(isRest ? "4XXError" : "4xx", status >= 400 && status < 500 ? 1 : 0);
      record(isRest ? "5XXError" : "5xx", status >= 500 ? 1 : 0);
      for (const count of model.statusCounts) if (count.status === status) metrics.record(count.metric, 1);
    },
    stop() {
      clearInterval(timer);
      forgetLines();
    },
  };
}
