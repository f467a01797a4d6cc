/** Formats numbers and times. Times are milliseconds since the epoch. */

import { count } from "../../observe/count.ts";

const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** `4 s`, `12 min`, `3 h`: one unit, rounded down. */
export function duration(seconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? ["s", 1];
  return `${Math.floor(seconds / length)} ${unit}`;
}

export function ago(at: number, now = Date.now()): string {
  const seconds = Math.max(0, (now - at) / 1000);
  return seconds < 2 ? "just now" : `${duration(seconds)} ago`;
}

/** `14:03:07Z`, with the date where it is not today. UTC, as in the command line and in CloudWatch. */
export function clock(at: number, now = Date.now()): string {
  const [day = "", time = ""] = new Date(at).toISOString().split("T");
  const seconds = `${time.slice(0, 8)}Z`;
  return new Date(now).toISOString().startsWith(day) ? seconds : `${day} ${seconds}`;
}

/** A text of the command line too, which prints whole times, with those of `clock`. */
export const withClocks = (text: string): string =>
  text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (at) => clock(Date.parse(at)));

/** `14:03:07.042Z` */
export const preciseClock = (at: number): string => new Date(at).toISOString().slice(11);

/** `+42 ms`, `+3.1 s`. */
export function elapsed(ms: number): string {
  if (ms < 1_000) return `+${ms} ms`;
  return ms < 60_000 ? `+${(ms / 1000).toFixed(1)} s` : `+${duration(ms / 1000)}`;
}

/** `€12.34`, from minor units. */
export function money({
  currency,
  minorUnits,
}: {
  readonly currency: string;
  readonly minorUnits: number;
}): string {
  try {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    return format.format(minorUnits / 10 ** digits);
  } catch {
    return `${minorUnits} ${currency}`;
  }
}

/** `42 ms`, `1.2 s`, `3 min`. */
export function ms(value: number): string {
  if (value < 1_000) return `${count(Math.round(value))} ms`;
  return value < 60_000 ? `${count(Math.round(value / 100) / 10)} s` : duration(value / 1000);
}
