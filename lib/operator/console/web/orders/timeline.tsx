import { withLostAttempts } from "../../../observe/lost-attempts.ts";
import type { TimelineEntry } from "../../../observe/view-types.ts";
import { elapsed, preciseClock } from "../format.ts";
import { LogLink } from "../live/log-link.tsx";
import { Badge } from "../page/badge.tsx";
import { Empty } from "../page/states.tsx";
import { hrefTo } from "../route.ts";

/** Events, attempts and outcomes, with the time between them. */
export function Timeline({ entries }: { readonly entries: readonly TimelineEntry[] }) {
  if (entries.length === 0) {
    return (
      <Empty>
        No log lines of this order's events. New lines appear after a few seconds; old lines are deleted with
        the functions' logs.
      </Empty>
    );
  }
  return (
    <ol class="timeline">
      {withLostAttempts(entries).map((entry, index) => (
        <li key={`${entry.at} ${entry.source} ${entry.event} ${entry.outcome} ${entry.attempt}`}>
          <span class="at">
            <time dateTime={new Date(entry.at).toISOString()}>{preciseClock(entry.at)}</time>
            <span class="soft">{since(entries[index - 1], entry)}</span>
          </span>
          <span class="what">
            <Badge state={entry.outcome} /> {entry.type !== undefined && <strong>{entry.type}</strong>}{" "}
            {entry.event !== undefined && <span class="soft">v{versionOf(entry.event)}</span>}
            <span class="detail">
              {entry.source}
              {entry.attempt !== undefined && entry.attempt > 1 && `, attempt ${entry.attempt}`}
              {entry.detail !== undefined && `: ${entry.detail}`}
              {isParked(entry) && (
                <>
                  {" · "}
                  <a data-row href={hrefTo({ kind: "message", failedKey: `${entry.source}~${entry.event}` })}>
                    failed message
                  </a>
                </>
              )}
              <LogLink entry={entry} />
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}

const since = (before: TimelineEntry | undefined, { at }: TimelineEntry): string =>
  before === undefined ? "" : elapsed(at - before.at);

/** An event id is `<order>:<version>:<type>`. */
const versionOf = (event: string): string => event.split(":")[1] ?? "?";

const isParked = ({ outcome, event }: TimelineEntry): boolean =>
  event !== undefined && (outcome === "park" || outcome === "parked");
