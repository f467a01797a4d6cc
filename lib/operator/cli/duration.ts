import { UsageError } from "./command.ts";

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;
const UNIT_SECONDS: ReadonlyMap<string, number> = new Map(UNITS);

/** For help and errors. */
export const DURATION_EXAMPLES = "30s, 10m, 2h or 1d";

/** Seconds of `30s`, `10m`, `2h`, `1d` or a bare number. Throws a UsageError that names the flag. */
export function durationSeconds(text: string | undefined, flag: string): number {
  const [, count, unit = "s"] = /^(\d+)([smhd])?$/.exec(text ?? "") ?? [];
  const seconds = Number(count) * (UNIT_SECONDS.get(unit) ?? Number.NaN);
  if (seconds > 0) return seconds;
  throw new UsageError(`${flag} must be a duration such as ${DURATION_EXAMPLES}; received ${text}`);
}

/** `4d`, `90m`: the inverse, in the largest unit without a remainder. */
export function durationText(seconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => seconds % each === 0 && seconds >= each) ?? ["s", 1];
  return `${seconds / size}${unit}`;
}
