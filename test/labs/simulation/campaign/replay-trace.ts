import { seeded } from "../engine/random.ts";
import { type FaultProfile, faultProfileOf, NO_FAULTS } from "../fault-profile.ts";
import { type Result, runSchedule } from "../schedule.ts";

const LINES = 80;

/** The steps of the order that the violation names, and all faults. */
export function relevantSteps(result: Result): readonly string[] {
  const { violation, recordedSteps } = result;
  const orderId = /[0-9A-HJKMNP-TV-Z]{26}/.exec(violation?.message ?? "")?.[0];
  const matters = (line: string) =>
    orderId === undefined ||
    line.includes(orderId) ||
    / !! |times out|killed|faults end|acts|shard/.test(line);
  const lines = violation === undefined ? recordedSteps : recordedSteps.filter(matters);
  return lines.length <= LINES ? lines : [`… ${lines.length - LINES} lines`, ...lines.slice(-LINES)];
}

/** The recorded schedule with the fewest faults that violate the same invariant. */
export async function withFewestFaults(seed: number): Promise<Result> {
  let faultProfile = faultProfileOf(seeded(seed + 0x2545f491));
  let best = await runSchedule({ seed, faultProfile, isRecorded: true });
  if (best.violation === undefined) return best;
  for (const key of Object.keys(NO_FAULTS) as (keyof FaultProfile)[]) {
    const calmer = { ...faultProfile, [key]: NO_FAULTS[key] };
    const result = await runSchedule({ seed, faultProfile: calmer, isRecorded: true });
    if (result.violation?.invariant !== best.violation?.invariant) continue;
    faultProfile = calmer;
    if (result.steps <= best.steps) best = result;
  }
  return best;
}
