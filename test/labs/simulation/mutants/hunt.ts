import { runSchedule } from "../schedule.ts";
import type { Mutant } from "../simulated-system.ts";

/** The schedule and the invariant that caught a mutant. */
export interface Catch {
  readonly mutant: string;
  readonly schedules: number;
  /** Absent where it was not caught within the limit. */
  readonly invariant?: string;
  readonly message?: string;
  readonly seed?: number;
}

export async function hunt(mutant: Mutant, limit: number, from = 1): Promise<Catch> {
  for (let seed = from; seed < from + limit; seed++) {
    const { faultProfile } = mutant;
    const { violation } = await runSchedule({
      seed,
      mutant,
      ...(faultProfile === undefined ? {} : { faultProfile }),
    });
    if (violation !== undefined) {
      return { mutant: mutant.name, schedules: seed - from + 1, seed, ...violation };
    }
  }
  return { mutant: mutant.name, schedules: limit };
}

export function tableOf(catches: readonly Catch[]): string {
  const rows = catches.map(({ mutant, schedules, invariant }) =>
    [String(schedules).padStart(6), (invariant ?? "NOT CAUGHT").padEnd(10), mutant].join("  "),
  );
  return ["  runs  caught by  mutant", ...rows].join("\n");
}
