import { type FunctionLine, liveEntryOf, matchesLive } from "./live-entry.ts";
import type { LiveAnswer, LiveEntry, LiveFilter } from "./view-types.ts";

/** The latest entries of a running emulator. */
export interface LiveBuffer {
  /** Accepts any line; ignores lines without an entry. */
  add(line: FunctionLine): void;
  /** The entries after a cursor, or the latest ones. */
  read(filter: LiveFilter, after?: string): LiveAnswer;
  /** The crashed invocations of a function between two times: kept longer than other entries, which are many more. */
  crashes(source: string, from: number, to: number): readonly LiveEntry[];
}

/** Most entries of one answer. */
const MOST_ANSWERED = 500;
const CRASHES_KEPT = 2_000;

/**
 * Keeps the `capacity` latest entries. A cursor is `<run>-<number of entries before>`: one of another run of the emulator
 * is the beginning.
 */
export function openLiveBuffer(capacity = 5_000, run = Date.now().toString(36)): LiveBuffer {
  const ring: LiveEntry[] = [];
  const crashed: LiveEntry[] = [];
  let added = 0;
  const placeOf = (cursor: string | undefined) => {
    const [of, place] = cursor?.split("-") ?? [];
    return of === run && /^\d{1,15}$/.test(place ?? "") ? Math.min(Number(place), added) : undefined;
  };
  return {
    add(line) {
      const entry = liveEntryOf(line);
      if (entry === undefined) return;
      const kept = { ...entry, id: `${run}-${added}` };
      ring[added % capacity] = kept;
      added += 1;
      if (entry.outcome !== "crashed") return;
      crashed.push(kept);
      if (crashed.length > CRASHES_KEPT) crashed.shift();
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
      // Functions report in another sequence than they act.
      entries.sort((one, other) => other.at - one.at);
      return { entries, cursor: `${run}-${added}`, isCut: since !== undefined && at >= since };
    },
    crashes: (source, from, to) =>
      crashed.filter((entry) => entry.source === source && entry.at >= from && entry.at <= to),
  };
}
