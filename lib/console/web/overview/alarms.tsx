import type { AlarmView } from "../../api-types.ts";
import type { Group } from "../failed/api.ts";
import { many } from "../format.ts";
import { Badge } from "../page/badge.tsx";
import { Empty } from "../page/states.tsx";
import { Ago } from "../page/time.tsx";
import { hrefTo } from "../route.ts";

interface AlarmsProps {
  readonly alarms: readonly AlarmView[];
  readonly groups: readonly Group[];
}

/** Alarms that are on, each with what stands behind it; the quiet ones folded away. */
export function Alarms({ alarms, groups }: AlarmsProps) {
  const on = alarms.filter(({ state }) => state !== "OK").sort((one, other) => other.since - one.since);
  const quiet = alarms.filter(({ state }) => state === "OK");
  return (
    <>
      {on.length === 0 && <Empty>No alarm is on.</Empty>}
      <ul class="rows">
        {on.map((alarm) => (
          <li key={alarm.name} class="alarm">
            <Badge state={alarm.state} />
            <div>
              <p>
                <strong>{kindOf(alarm)}</strong>
                {alarm.consumer !== undefined && <span class="soft"> · {alarm.consumer}</span>}
                <span class="soft">
                  {" "}
                  · since <Ago at={alarm.since} />
                </span>
              </p>
              <p>{alarm.description}</p>
              {alarm.reason !== undefined && <p class="soft">{alarm.reason}</p>}
              <p>
                <Behind alarm={alarm} groups={groups} />
                <span class="soft">
                  Runbook: <code>README.md#{alarm.runbook}</code>
                </span>
              </p>
            </div>
          </li>
        ))}
      </ul>
      {quiet.length > 0 && (
        <details>
          <summary>{many(quiet.length, "quiet alarm")}</summary>
          <ul class="plain">
            {quiet.map(({ name, description }) => (
              <li key={name}>
                <code>{name}</code> <span class="soft">{description}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

const kindOf = ({ runbook }: AlarmView): string => runbook.replace(/^alarm-/, "").replaceAll("-", " ");

/** Alarms about messages that are failing now, not about ones that were parked. */
const STILL_TRYING: ReadonlySet<string> = new Set(["alarm-failed-messages", "alarm-dead-lettered"]);
const PUBLISHING: ReadonlySet<string> = new Set(["alarm-publish-failed", "alarm-publishing-late"]);

/** The failed messages that an alarm comes from, as far as they are there yet. */
function Behind({ alarm, groups }: { readonly alarm: AlarmView; readonly groups: readonly Group[] }) {
  const consumer = alarm.consumer ?? (PUBLISHING.has(alarm.runbook) ? "publish-events" : undefined);
  const behind = groups.filter((group) => consumer === undefined || group.consumer === consumer);
  const [first, ...others] = behind;
  const of = consumer === undefined ? {} : { consumer };
  if (first !== undefined) {
    const only = { status: "OPEN", fingerprint: first.fingerprint };
    const href =
      others.length === 0
        ? hrefTo({ kind: "messages", filter: only })
        : hrefTo({ kind: "groups", filter: of });
    const messages = behind.reduce((sum, { count }) => sum + count, 0);
    return (
      <>
        <a href={href}>
          {many(messages, "failed message")} behind it{others.length === 0 ? `: ${first.reason}` : ""}
        </a>
        <span class="soft"> · </span>
      </>
    );
  }
  if (!STILL_TRYING.has(alarm.runbook)) return null;
  return (
    <>
      <a href={hrefTo({ kind: "messages", filter: { status: "RETRYING", ...of } })}>
        Messages that are still being tried
      </a>
      <span class="soft"> · </span>
    </>
  );
}
