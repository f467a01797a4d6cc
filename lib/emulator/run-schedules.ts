import type { ScheduleSpec } from "./assembly/model.ts";
import type { FunctionHost } from "./types.ts";

export interface RunningSchedules {
  /** Starts no further invocation and waits for the running ones. */
  stop(): Promise<void>;
}

/** Invokes the functions of `rate(...)` schedules, the first time one period after the start. */
export function startSchedules(
  schedules: readonly ScheduleSpec[],
  host: Pick<FunctionHost, "invoke">,
  onFailure: (schedule: ScheduleSpec, detail: string) => void,
): RunningSchedules {
  const running = new Set<Promise<void>>();
  const tick = async (schedule: ScheduleSpec) => {
    const result = await host.invoke(schedule.functionName, schedule.input);
    if (result.kind !== "ok")
      onFailure(schedule, "errorMessage" in result ? result.errorMessage : result.kind);
  };
  const timers = schedules
    .filter(({ enabled }) => enabled)
    .map((schedule) =>
      setInterval(() => {
        const run = tick(schedule)
          .catch((error: unknown) => onFailure(schedule, String(error)))
          .finally(() => running.delete(run));
        running.add(run);
      }, schedule.everyMs),
    );
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
    },
  };
}
