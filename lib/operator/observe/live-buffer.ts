import { type FunctionLine, liveEntryOf, matchesLive } from "./live-entry.ts";
import type { LiveAnswer, LiveEntry, LiveFilter } from "./view-types.ts";

/** The latest entries of a running emulator. */
export interface LiveBuffer {
  /** Accepts any line; ignores lines without an entry. */
  add(line: FunctionLine): void;
  /** The entries after a cursor, or the latest ones. */
  read(filter: LiveFilter, after?: string): LiveAnswer;
}

/** Most entries of one answer. */
const MOST_ANSWERED = 500;

/**
 * Keeps the `capacity` latest entries. A cursor is `<run>-<number of entries before>`: one of another run of the emulator
 * is the beginning.
 */
export function openLiveBuffer(capacity = 5_000, run = Date.now().toString(36)): LiveBuffer {
  const ring: LiveEntry[] = [];
  let added = 0;
  const placeOf = (cursor: string | undefined) => {
    const [of, place] = cursor?.split("-") ?? [];
    return of === run && /^\d{1,15}$/.test(place ?? "") ? Math.min(Number(place), added) : undefined;
  };
  return {
    add(line) {
      const entry = liveEntryOf(line);
      if (entry === undefined) return;
      ring[added % capacity] = { ...entry, id: `${run}-${added}` };
      added += 1;
    },
    read(filter, after) {
      const since = placeOf(after);
      const first = Math.max(since ?? 0, added - capacity);
      const entries: LiveEntry[] = [];
      let at = added - 1;
      for (; at >= first && entries.length < MOST_ANSWERED; at--) {
        const entry = ring[at % capacity];
        if (entry !== undefined && matchesLive(entry, filter)) entries.push(entry);
      }
      return { entries, cursor: `${run}-${added}`, isCut: since !== undefined && at >= since };
    },
  };
}
