import { UsageError } from "./command.ts";

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** For help and errors. */
export const DURATION_EXAMPLES = "30s, 10m, 2h or 1d";

/** Seconds of `30s`, `10m`, `2h`, `1d` or a bare number. Throws a UsageError that names the flag. */
export function durationSeconds(text: string | undefined, flag: string): number {
  const [, count, unit = "s"] = /^(\d+)([smhd])?$/.exec(text ?? "") ?? [];
  const seconds = Number(count) * (UNIT_SECONDS[unit] ?? Number.NaN);
  if (seconds > 0) return seconds;
  throw new UsageError(`${flag} must be a duration such as ${DURATION_EXAMPLES}; received ${text}`);
}
