import type { AlarmView } from "../../../observe/view-types.ts";
import type { Group } from "../failed/failed-api.ts";
import { many, span } from "../format.ts";
import { Badge } from "../page/badge.tsx";
import { Empty } from "../page/states.tsx";
import { hrefTo } from "../route.ts";
import { RunbookOf } from "./runbook.tsx";

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
                <span class="soft"> · for {span((Date.now() - alarm.since) / 1000)}</span>
              </p>
              <p>{alarm.description}</p>
              {alarm.reason !== undefined && <p class="soft">{alarm.reason}</p>}
              <p>
                <Behind alarm={alarm} groups={groups} />
              </p>
              <RunbookOf name={alarm.runbook} />
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

interface Causes {
  /** Whose messages, where the alarm watches no one consumer. */
  readonly consumer?: string;
  /** Reasons that such an alarm leaves on messages; every one unless named. */
  readonly reasons?: readonly string[];
}

const PUBLISHING: Causes = { consumer: "publish-events" };
/** The failed messages that each kind of alarm comes from; other kinds leave none. */
const CAUSES: Readonly<Record<string, Causes>> = {
  "alarm-open-failed-messages": {},
  "alarm-failed-messages": { reasons: ["RETRIES_EXHAUSTED"] },
  "alarm-dead-lettered": { reasons: ["RETRIES_EXHAUSTED", "NO_REPORT"] },
  "alarm-function-errors": { reasons: ["NO_REPORT"] },
  "alarm-throttles": { reasons: ["NO_REPORT"] },
  "alarm-publish-failed": PUBLISHING,
  "alarm-publishing-late": PUBLISHING,
  "alarm-iterator-age": PUBLISHING,
};

/** The failed messages behind an alarm, or while there are none yet, those that are still being tried. */
function Behind({ alarm, groups }: { readonly alarm: AlarmView; readonly groups: readonly Group[] }) {
  const causes = CAUSES[alarm.runbook];
  const consumer = alarm.consumer ?? causes?.consumer;
  const of = consumer === undefined ? {} : { consumer };
  const behind = groups.filter(
    (group) =>
      causes !== undefined &&
      (consumer === undefined || group.consumer === consumer) &&
      (causes.reasons === undefined || causes.reasons.includes(group.reason)),
  );
  const [first, ...others] = behind;
  const messages = behind.reduce((sum, { count }) => sum + count, 0);
  const [href, text] =
    first === undefined
      ? [
          hrefTo({ kind: "messages", filter: { status: "RETRYING", ...of } }),
          "Messages that are being tried again",
        ]
      : others.length > 0
        ? [hrefTo({ kind: "groups", filter: of }), `${many(messages, "failed message")} behind it`]
        : [
            hrefTo({ kind: "messages", filter: { status: "OPEN", fingerprint: first.fingerprint } }),
            `${many(messages, "failed message")} behind it: ${first.reason}`,
          ];
  return <a href={href}>{text}</a>;
}
