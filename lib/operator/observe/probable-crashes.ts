import { subscribersOf } from "../../../functions/consumers/consumers.ts";
import { EVENT_TYPES } from "../../../functions/contract/order-status.ts";
import { inOrderOfTime } from "./audit-entry.ts";
import { lostAttempts } from "./lost-attempts.ts";
import type { LiveEntry, TimelineEntry } from "./view-types.ts";

/** The crashed invocations of a function between two times. */
export type FindCrashes = (source: string, from: number, to: number) => Promise<readonly LiveEntry[]>;

/** A time in which a consumer received an event, or may have, and wrote no line. */
interface Silence extends Required<Pick<TimelineEntry, "source" | "event" | "type">> {
  readonly from: number;
  readonly to: number;
  /** Attempts that left no record: at least one. */
  readonly lost: number;
}

const MOST_SHOWN = 5;

/**
 * The entries of an order, with the crashed invocations that probably had its events: a crash does not name its messages.
 * For each attempt that left no record it is the nearest crash of the consumer to the time at which it received the
 * event. Under load most of its crashes are those of other events, so their number is reported.
 */
export async function withProbableCrashes(
  entries: readonly TimelineEntry[],
  find: FindCrashes,
  now: number,
): Promise<readonly TimelineEntry[]> {
  const found = await Promise.all(
    silencesIn(entries, now).map(async (silence) => {
      const { source, event, type, from, to } = silence;
      const crashes = await find(source, from, to);
      const shown = nearest(crashes, receivesOf(silence));
      const among = crashes.length > shown.length ? `, among ${crashes.length} crashes of ${source}` : "";
      return shown.map(
        ({ at, requestId, detail = "" }): TimelineEntry => ({
          at,
          source,
          event,
          type,
          outcome: "crashed",
          detail: `probably with this event${among}: ${detail}`,
          ...(requestId === undefined ? {} : { requestId }),
        }),
      );
    }),
  );
  return inOrderOfTime([...entries, ...found.flat()]);
}

/** An attempt without a record is followed by the visibility time-out, so that such attempts are evenly spaced. */
function receivesOf({ from, to, lost }: Silence): readonly number[] {
  return Array.from({ length: Math.min(lost, MOST_SHOWN) }, (_, i) => from + (i * (to - from)) / lost);
}

/** For each time the nearest crash, none of them twice. */
function nearest(crashes: readonly LiveEntry[], times: readonly number[]): readonly LiveEntry[] {
  const left = new Set(crashes);
  return times.flatMap((time) => {
    const [first, ...others] = left;
    if (first === undefined) return [];
    const distance = ({ at }: LiveEntry) => Math.abs(at - time);
    const found = others.reduce((best, each) => (distance(each) < distance(best) ? each : best), first);
    left.delete(found);
    return [found];
  });
}

/** From the publication of an event, or the attempt before, until the next attempt with a line, or now. */
function silencesIn(entries: readonly TimelineEntry[], now: number): readonly Silence[] {
  const published = new Map(
    entries
      .filter(({ source, outcome }) => source === "publish-events" && outcome === "published")
      .toReversed()
      .flatMap(({ event, ...entry }) => (event === undefined ? [] : [[event, entry] as const])),
  );
  return [...published].flatMap(([event, { at: publishedAt, type }]) =>
    EVENT_TYPES.filter((each) => each === type)
      .flatMap(subscribersOf)
      .flatMap(({ name: source }): readonly Silence[] => {
        const attempts = entries.filter((entry) => entry.source === source && entry.event === event);
        const silence = (from: number, to: number, lost: number) => {
          return { source, event, type: String(type), from, to, lost };
        };
        if (attempts.length === 0) return [silence(publishedAt, now, 1)];
        return attempts.flatMap(({ at, attempt = 1 }, i) => {
          const before = attempts[i - 1];
          const lost = lostAttempts(before?.attempt ?? 0, attempt).length;
          return lost > 0 ? [silence(before?.at ?? publishedAt, at, lost)] : [];
        });
      }),
  );
}
