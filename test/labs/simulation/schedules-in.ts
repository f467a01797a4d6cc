import { added, type Counters, NO_COUNTERS } from "./counters.ts";
import type { FaultProfile } from "./fault-profile.ts";
import { runSchedule } from "./schedule.ts";

/** The counters and violations of the schedules of one fault profile. */
export async function schedulesIn(faultProfile: FaultProfile, runs: number) {
  const violations: string[] = [];
  let counters: Counters = NO_COUNTERS;
  for (let seed = 1; seed <= runs; seed++) {
    const result = await runSchedule({ seed, faultProfile });
    if (result.violation !== undefined) violations.push(`seed ${seed}: ${result.violation.message}`);
    counters = added(counters, result.counters ?? NO_COUNTERS);
  }
  return { violations, counters };
}
