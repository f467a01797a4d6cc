import type { AlarmView, QueueState } from "../../../observe/view-types.ts";
import type { Groups } from "../failed/failed-api.ts";
import { count, many } from "../format.ts";
import { hrefTo } from "../route.ts";

interface StatementProps {
  readonly queues: readonly QueueState[] | undefined;
  readonly alarms: readonly AlarmView[] | undefined;
  readonly groups: Groups | undefined;
  /** The failed messages cannot be read. */
  readonly isBlind: boolean;
}

/** The state of everything in one sentence: what a person has to do comes first. */
export function Statement({ queues, alarms, groups, isBlind }: StatementProps) {
  const open = groups?.groups.reduce((sum, group) => sum + group.count, 0);
  const on = alarms?.filter(({ state }) => state === "ALARM").length ?? 0;
  const moving = queues?.reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0);
  return (
    <div class="statement">
      <h1>
        {open === undefined ? (
          isBlind ? (
            "What failed cannot be read now."
          ) : (
            "Looking …"
          )
        ) : open === 0 ? (
          "Nothing waits for a person."
        ) : (
          <Waits {...{ open, groups }} />
        )}
      </h1>
      <p class="soft">
        {moving === undefined
          ? "\u00a0"
          : moving === 0
            ? "All queues are empty"
            : `${many(moving, "message")} on ${moving === 1 ? "its" : "their"} way`}
        {alarms !== undefined && (
          <>
            {"; "}
            {on === 0 ? (
              `none of ${count(alarms.length)} alarms is on.`
            ) : (
              <>
                <button type="button" class="inline" onClick={toAlarms}>
                  {on === 1 ? "one alarm is on" : `${count(on)} alarms are on`}
                </button>
                .
              </>
            )}
          </>
        )}
      </p>
    </div>
  );
}

function Waits({ open, groups }: { readonly open: number; readonly groups: Groups | undefined }) {
  const [first, ...others] = groups?.groups ?? [];
  const more = groups?.isComplete === false ? "More than " : "";
  const alike =
    first === undefined || others.length > 0
      ? hrefTo({ kind: "groups", filter: {} })
      : hrefTo({ kind: "messages", filter: { status: "OPEN", fingerprint: first.fingerprint } });
  return (
    <>
      <a href={alike} class="bad">
        {more}
        {many(open, "message")}
      </a>{" "}
      {open === 1 ? "waits" : "wait"} for a person
      {others.length > 0 ? `, failed in ${others.length + 1} ways.` : open > 1 ? ", all failed alike." : "."}
    </>
  );
}

/** A link would do, but the part of the address after `#` is the console's routes. */
function toAlarms(): void {
  document.getElementById("alarms")?.scrollIntoView({ behavior: "smooth" });
}
