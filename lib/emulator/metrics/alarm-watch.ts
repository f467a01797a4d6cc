import type { AlarmSpec } from "../assembly/model.ts";
import type { Clock } from "../types.ts";
import { type MetricStore, statisticOf } from "./metric-store.ts";

export interface AlarmState {
  readonly name: string;
  readonly state: "OK" | "ALARM";
  /** Milliseconds since the epoch of the last change. */
  readonly since: number;
  readonly description: string;
  readonly actions: readonly string[];
}

export interface AlarmWatch {
  states(): readonly AlarmState[];
  /** Evaluates all alarms now, and reports those that changed. */
  evaluate(): void;
}

/**
 * The template's alarms over live metrics. A period ends now, not at the full minute, so that an alarm changes at once.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function watchAlarms(
  alarms: readonly AlarmSpec[],
  metrics: MetricStore,
  clock: Clock,
  onChange: (state: AlarmState) => void,
): AlarmWatch {
  const states = new Map<string, AlarmState>(
    alarms.map(({ name, description, actions }) => [
      name,
      { name, state: "OK", since: clock.now(), description, actions },
    ]),
  );
  const startedAt = clock.now();
  return {
    states: () => [...states.values()],
    evaluate() {
      const now = clock.now();
      for (const alarm of alarms) {
        const before = states.get(alarm.name);
        const state = isOff(alarm, metrics, startedAt, now) ? "ALARM" : "OK";
        if (before === undefined || before.state === state) continue;
        const changed = { ...before, state, since: now } as const;
        states.set(alarm.name, changed);
        onChange(changed);
      }
    },
  };
}

/** Data can only be missing since the start. */
function isOff(alarm: AlarmSpec, metrics: MetricStore, startedAt: number, now: number): boolean {
  let beyond = 0;
  for (let period = 0; period < alarm.evaluationPeriods; period++) {
    const end = now - period * alarm.periodMs;
    const begin = end - alarm.periodMs;
    const data = metrics.between(alarm.metric, begin, end);
    const counts =
      data === undefined
        ? alarm.missingBreaches && begin >= startedAt
        : alarm.breaches(statisticOf(data, alarm.statistic), alarm.threshold);
    if (counts) beyond++;
  }
  return beyond >= alarm.datapointsToAlarm;
}
