import { subscribersOf } from "../../../functions/consumers/consumers.ts";
import { EVENT_TYPES } from "../../../functions/contract/order-status.ts";
import { inOrderOfTime } from "./audit-entry.ts";
import { lostAttempts } from "./lost-attempts.ts";
import type { LiveEntry, TimelineEntry } from "./view-types.ts";

/** The crashed invocations of a function between two times, newest first. */
export type FindCrashes = (source: string, from: number, to: number) => Promise<readonly LiveEntry[]>;

/** A time in which a consumer received an event, or may have, and wrote no line. */
interface Silence extends Required<Pick<TimelineEntry, "source" | "event" | "type">> {
  readonly from: number;
  readonly to: number;
}

/** Under load most crashes of a function are those of other events. */
const MOST_SHOWN = 5;

/**
 * The entries of an order, with the crashed invocations that probably had its events: a crash does not name its messages.
 * They are the latest ones of the consumer while an attempt left no record.
 */
export async function withProbableCrashes(
  entries: readonly TimelineEntry[],
  find: FindCrashes,
  now: number,
): Promise<readonly TimelineEntry[]> {
  const found = await Promise.all(
    silencesIn(entries, now).map(async ({ source, event, type, from, to }) => {
      const crashes = await find(source, from, to);
      return crashes.slice(0, MOST_SHOWN).map(
        ({ at, requestId, detail = "" }): TimelineEntry => ({
          at,
          source,
          event,
          type,
          outcome: "crashed",
          detail: `probably with this event: ${detail}`,
          ...(requestId === undefined ? {} : { requestId }),
        }),
      );
    }),
  );
  return inOrderOfTime([...entries, ...found.flat()]);
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
        const silence = (from: number, to: number) => ({ source, event, type: String(type), from, to });
        if (attempts.length === 0) return [silence(publishedAt, now)];
        return attempts.flatMap(({ at, attempt = 1 }, i) => {
          const before = attempts[i - 1];
          const isSilent = lostAttempts(before?.attempt ?? 0, attempt).length > 0;
          return isSilent ? [silence(before?.at ?? publishedAt, at)] : [];
        });
      }),
  );
}
