import { useContext } from "preact/hooks";
import type { FailureGroup, FailureGroups } from "../../../../../functions/contract/operator-answers.ts";
import { pluralize } from "../../../observe/count.ts";
import type { AlarmView } from "../../../observe/view-types.ts";
import { fetchGroups } from "../failed/failed-api.ts";
import { duration } from "../format.ts";
import { Badge } from "../page/badge.tsx";
import { Empty } from "../page/states.tsx";
import { latestValue, usePoll } from "../poll.ts";
import { type Filter, hrefTo } from "../route.ts";
import { TargetInfo } from "../target-info.ts";
import { RunbookDetails } from "./runbook.tsx";

interface AlarmsProps {
  readonly alarms: readonly AlarmView[];
  readonly found: FailureGroups | undefined;
}

/** Active alarms with their failed messages and runbooks; the other alarms are collapsed. */
export function Alarms({ alarms, found }: AlarmsProps) {
  const { orders } = useContext(TargetInfo).about.can;
  const on = alarms.filter(({ state }) => state !== "OK").sort((one, other) => other.since - one.since);
  const quiet = alarms.filter(({ state }) => state === "OK");
  return (
    <>
      {on.length === 0 && <Empty>No active alarms.</Empty>}
      <ul class="rows">
        {on.map((alarm) => (
          <li key={alarm.name} class="alarm">
            <Badge state={alarm.state} />
            <div>
              <p>
                <strong>{kindOf(alarm)}</strong>
                {alarm.consumer !== undefined && <span class="soft"> · {alarm.consumer}</span>}
                <span class="soft"> · for {duration((Date.now() - alarm.since) / 1000)}</span>
              </p>
              <p>{alarm.description}</p>
              {alarm.reason !== undefined && <p class="soft">{alarm.reason}</p>}
              {orders && (
                <p>
                  <RelatedMessages alarm={alarm} found={found} />
                </p>
              )}
              {alarm.runbook !== "" && <RunbookDetails name={alarm.runbook} />}
            </div>
          </li>
        ))}
      </ul>
      {quiet.length > 0 && (
        <details>
          <summary>{pluralize(quiet.length, "inactive alarm")}</summary>
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

const kindOf = ({ name, runbook }: AlarmView): string =>
  runbook === "" ? name : runbook.replace(/^alarm-/, "").replaceAll("-", " ");

interface Causes {
  /** The consumer, where the alarm names none. */
  readonly consumer?: string;
  /** Reasons of the messages; any reason unless given. */
  readonly reasons?: readonly string[];
}

const PUBLISHING: Causes = { consumer: "publish-events" };
/** Failed messages that belong to each kind of alarm. Other kinds have none. */
const CAUSES: Readonly<Record<string, Causes>> = {
  "alarm-open-failed-messages": {},
  "alarm-failed-messages": { reasons: ["RETRIES_EXHAUSTED"] },
  "alarm-dead-lettered": { reasons: ["RETRIES_EXHAUSTED", "NO_REPORT"] },
  "alarm-function-errors": { reasons: ["NO_REPORT"] },
  "alarm-throttles": { reasons: ["NO_REPORT"] },
  "alarm-publish-failed": PUBLISHING,
  "alarm-kafka-publish-failed": { consumer: "publish-to-kafka" },
  "alarm-rabbitmq-publish-failed": { consumer: "publish-to-rabbitmq" },
  "alarm-publishing-late": PUBLISHING,
  "alarm-iterator-age": PUBLISHING,
};

/** Links to the failed messages of an alarm, or where there are none yet, to those in retry. */
function RelatedMessages({
  alarm,
  found: { groups, isComplete } = { groups: [], isComplete: true },
}: {
  readonly alarm: AlarmView;
  readonly found: FailureGroups | undefined;
}) {
  const causes = CAUSES[alarm.runbook];
  const consumer = alarm.consumer ?? causes?.consumer;
  const of = consumer === undefined ? {} : { consumer };
  const related = groups.filter(
    (group) =>
      causes !== undefined &&
      (consumer === undefined || group.consumer === consumer) &&
      (causes.reasons === undefined || causes.reasons.includes(group.reason)),
  );
  const [first, ...others] = related;
  if (first === undefined) return <InRetry filter={{ status: "RETRYING", ...of }} />;
  const messages = `${isComplete ? "" : "at least "}${pluralize(countOf(related), "failed message")}`;
  return others.length > 0 ? (
    <a href={hrefTo({ kind: "groups", filter: of })}>{messages}</a>
  ) : (
    <a href={hrefTo({ kind: "messages", filter: { status: "OPEN", fingerprint: first.fingerprint } })}>
      {messages}: {first.reason}
    </a>
  );
}

const countOf = (groups: readonly FailureGroup[]): number =>
  groups.reduce((sum, { count }) => sum + count, 0);

/** A link to the messages in retry, where there are any. */
function InRetry({ filter }: { readonly filter: Filter }) {
  const { polled } = usePoll(`groups ${JSON.stringify(filter)}`, () => fetchGroups(filter), { cost: "high" });
  const messages = countOf(latestValue(polled)?.groups ?? []);
  if (messages === 0) return null;
  return <a href={hrefTo({ kind: "messages", filter })}>{pluralize(messages, "message")} in retry</a>;
}
