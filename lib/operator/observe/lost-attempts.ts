import { SYSTEM_FUNCTIONS } from "../../../functions/contract/names.ts";
import type { TimelineEntry } from "./view-types.ts";

/** Why an attempt wrote no line: it does so when it ends. */
export const LOST = "a crash, a time-out or a throttle";

/** A message in a dead-letter queue keeps the receives of its source queue. */
const NOT_COUNTED: readonly string[] = SYSTEM_FUNCTIONS;

/** The numbers left out before `attempt`, where `before` was the last one with a line, or 0. */
export function lostAttempts(before: number, attempt: number): readonly number[] {
  // A retry from the dead-letter queue counts from 1 again.
  const first = attempt > before ? before + 1 : 1;
  return Array.from({ length: Math.max(0, attempt - first) }, (_, i) => first + i);
}

/** The entries; the detail of each attempt names the attempts before it that left no record. */
export function withLostAttempts(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const latest = new Map<string, number>();
  return entries.map((entry) => {
    const { source, event, attempt, detail } = entry;
    if (attempt === undefined || event === undefined || NOT_COUNTED.includes(source)) return entry;
    const key = `${source} ${event}`;
    const lost = lostAttempts(latest.get(key) ?? 0, attempt);
    latest.set(key, attempt);
    return lost.length === 0
      ? entry
      : { ...entry, detail: [lostText(lost), detail].filter(Boolean).join("; ") };
  });
}

function lostText(lost: readonly number[]): string {
  const [first, last] = [lost[0], lost.at(-1)];
  if (first === last) return `attempt ${first} left no record: ${LOST}`;
  const numbers = lost.length === 2 ? `${first} and ${last}` : `${first} to ${last}`;
  return `attempts ${numbers} left no record: ${LOST}`;
}
