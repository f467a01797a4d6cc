import { randomUUID } from "node:crypto";
import { nextTime } from "../assembly/cron.ts";
import { ACCOUNT } from "../assembly/identities.ts";
import type { ScheduleSpec } from "../assembly/model.ts";
import type { Clock } from "../types.ts";

export interface RunningSchedules {
  /** Runs a schedule now, also a disabled one; false for an unknown name. */
  run(name: string): Promise<boolean>;
  /** Starts no further invocation and waits for the running ones. */
  stop(): Promise<void>;
}

export interface ScheduleOptions {
  readonly schedules: readonly ScheduleSpec[];
  readonly region: string;
  readonly clock: Clock;
  /** Resolves when the target has its event, or never will. */
  readonly send: (schedule: ScheduleSpec, event: unknown) => Promise<unknown>;
  readonly onFailure: (schedule: ScheduleSpec, detail: string) => void;
}

/** A longer wait is made of several, so that the wall clock may be set meanwhile. */
const LONGEST_WAIT_MS = 60_000;

/** Runs schedules: a rate for the first time one period after the start, the others by the wall clock. */
export function startSchedules(options: ScheduleOptions): RunningSchedules {
  const { region, clock, send, onFailure } = options;
  const running = new Set<Promise<unknown>>();
  const stops: (() => void)[] = [];
  const tick = (schedule: ScheduleSpec, at: number) => {
    const run = send(schedule, schedule.input ?? scheduledEvent(schedule, region, at))
      .catch((error: unknown) => onFailure(schedule, String(error)))
      .finally(() => running.delete(run));
    running.add(run);
  };
  for (const schedule of options.schedules.filter(({ enabled }) => enabled)) {
    const { trigger } = schedule;
    if (trigger.kind === "rate") {
      const timer = setInterval(() => tick(schedule, clock.now()), trigger.everyMs);
      stops.push(() => clearInterval(timer));
      continue;
    }
    const after = (at: number) =>
      trigger.kind === "at"
        ? trigger.at > at
          ? trigger.at
          : undefined
        : nextTime(trigger.cron, at, trigger.timeZone);
    let timer: NodeJS.Timeout | undefined;
    const wait = (due: number | undefined) => {
      if (due === undefined) return;
      const leftMs = due - clock.now();
      timer = setTimeout(
        () => {
          if (due > clock.now()) return wait(due);
          tick(schedule, due);
          return wait(after(Math.max(due, clock.now())));
        },
        Math.min(Math.max(leftMs, 0), LONGEST_WAIT_MS),
      );
    };
    wait(after(clock.now()));
    stops.push(() => clearTimeout(timer));
  }
  return {
    async run(name) {
      const schedule = options.schedules.find((each) => each.name === name);
      if (schedule === undefined) return false;
      await send(schedule, schedule.input ?? scheduledEvent(schedule, region, clock.now()));
      return true;
    },
    async stop() {
      for (const stop of stops) stop();
      await Promise.all(running);
    },
  };
}

/** The event of a schedule without an input of its own. */
const scheduledEvent = ({ arn, source }: ScheduleSpec, region: string, at: number) => ({
  version: "0",
  id: randomUUID(),
  "detail-type": "Scheduled Event",
  source,
  account: ACCOUNT,
  time: new Date(at).toISOString().replace(/\.\d+Z$/, "Z"),
  region,
  resources: [arn],
  detail: source === "aws.scheduler" ? "{}" : {},
});
