import { UsageError } from "./command.ts";

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** How such a flag is written, for help and errors. */
export const TIMES = "30s, 10m, 2h or 1d";

/** Seconds of `30s`, `10m`, `2h`, `1d`; of a bare number, too. Throws a UsageError that names the flag. */
export function secondsOf(text: string | undefined, flag: string): number {
  const [, count, unit = "s"] = /^(\d+)([smhd])?$/.exec(text ?? "") ?? [];
  const seconds = Number(count) * (UNIT_SECONDS[unit] ?? Number.NaN);
  if (seconds > 0) return seconds;
  throw new UsageError(`${flag} is a time such as ${TIMES}; received ${text}`);
}
