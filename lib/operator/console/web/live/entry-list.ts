import type { LiveAnswer, LiveEntry } from "../../../observe/view-types.ts";

/** The entries that the page has read, newest first, and the cursor after them. */
export interface EntryList {
  readonly entries: readonly LiveEntry[];
  readonly cursor?: string;
  /** Whether the latest answer left entries out. */
  readonly isCut: boolean;
}

export const NO_ENTRIES: EntryList = { entries: [], isCut: false };

/** Older entries are dropped. */
const MOST_KEPT = 1_000;

/** Adds an answer. It may repeat entries, and entries may arrive late. */
export function withAnswer(list: EntryList, { entries, cursor, isCut }: LiveAnswer): EntryList {
  const known = new Set(list.entries.map(({ id }) => id));
  const fresh = entries.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return { ...list, cursor, isCut };
  const all = [...fresh, ...list.entries].sort((one, other) => other.at - one.at);
  return { entries: all.slice(0, MOST_KEPT), cursor, isCut };
}

/** Number of entries that came after those shown: all, where the latest shown one has been dropped. */
export function newerThan([latest]: readonly LiveEntry[], entries: readonly LiveEntry[]): number {
  const at = entries.findIndex(({ id }) => id === latest?.id);
  return at < 0 ? entries.length : at;
}
