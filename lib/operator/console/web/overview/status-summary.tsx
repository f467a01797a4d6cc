import type { FailureGroups } from "../../../../../functions/contract/operator-answers.ts";
import type { AlarmView, QueueState } from "../../../observe/view-types.ts";
import { openIn } from "../failed/failed-api.ts";
import { count, pluralize } from "../format.ts";
import { hrefTo } from "../route.ts";

interface StatusSummaryProps {
  readonly queues: readonly QueueState[] | undefined;
  readonly alarms: readonly AlarmView[] | undefined;
  readonly groups: FailureGroups | undefined;
  /** False for an app without failed messages: its queues come first. */
  readonly hasGroups: boolean;
  /** The failed messages cannot be read. */
  readonly isUnavailable: boolean;
}

/** The worst comes first: open failed messages, then active alarms, then queues. */
export function StatusSummary({ queues, alarms, groups, hasGroups, isUnavailable }: StatusSummaryProps) {
  const open = groups === undefined ? undefined : openIn(groups).count;
  const on = alarms?.filter(({ state }) => state === "ALARM").length ?? 0;
  const moving = queues?.reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0);
  const waiting =
    moving === undefined
      ? undefined
      : moving === 0
        ? "All queues are empty"
        : `${pluralize(moving, "message")} in queues`;
  return (
    <div class="statement">
      <h1>
        {!hasGroups ? (
          (waiting ?? "Loading …")
        ) : open === undefined ? (
          isUnavailable ? (
            "Failed messages are unavailable."
          ) : (
            "Loading …"
          )
        ) : open > 0 ? (
          <OpenMessages {...{ open, groups }} />
        ) : on > 0 ? (
          <>
            No failed messages, <ActiveAlarms on={on} />
          </>
        ) : (
          "No failed messages"
        )}
      </h1>
      <p class="soft">
        {hasGroups && (waiting ?? "\u00a0")}
        {alarms !== undefined && (
          <>
            {hasGroups && "; "}
            {on === 0 ? (
              `no active alarms (of ${count(alarms.length)}).`
            ) : hasGroups && open === 0 ? (
              `${count(alarms.length - on)} of ${count(alarms.length)} alarms are quiet.`
            ) : (
              <>
                <ActiveAlarms on={on} />.
              </>
            )}
          </>
        )}
      </p>
    </div>
  );
}

function OpenMessages({
  open,
  groups,
}: {
  readonly open: number;
  readonly groups: FailureGroups | undefined;
}) {
  const [first, ...others] = groups?.groups ?? [];
  const more = groups === undefined || openIn(groups).isExact ? "" : "About ";
  const href =
    first === undefined || others.length > 0
      ? hrefTo({ kind: "groups", filter: {} })
      : hrefTo({ kind: "messages", filter: { status: "OPEN", fingerprint: first.fingerprint } });
  return (
    <>
      <a href={href} class="bad">
        {more}
        {pluralize(open, "failed message")}
      </a>
      {others.length > 0 ? ` with ${others.length + 1} causes` : open > 1 ? " with the same cause" : ""}
    </>
  );
}

function ActiveAlarms({ on }: { readonly on: number }) {
  return (
    <button type="button" class="inline" onClick={toAlarms}>
      {pluralize(on, "active alarm")}
    </button>
  );
}

/** A link cannot do this: the fragment of the address holds the route. */
function toAlarms(): void {
  document.getElementById("alarms")?.scrollIntoView({ behavior: "smooth" });
}
