import { useState } from "preact/hooks";
import type { FailureGroup, FailureGroups } from "../../../../../functions/contract/operator-answers.ts";
import { openIn } from "../../../observe/concerns.ts";
import { count, pluralize } from "../../../observe/count.ts";
import { Jobs } from "../jobs/jobs.tsx";
import { TextFilter } from "../page/filter.tsx";
import { Empty, Loaded } from "../page/states.tsx";
import { Ago } from "../page/time.tsx";
import { usePoll } from "../poll.ts";
import { type Filter, hrefTo } from "../route.ts";
import { go } from "../use-route.ts";
import { everyGroups, fetchGroups } from "./failed-api.ts";
import { FilterBar } from "./filter-bar.tsx";

/** Failed messages grouped by cause, the largest group first. */
export function Groups({ filter }: { readonly filter: Filter }) {
  const status = filter.status ?? "OPEN";
  const query = { ...filter, status };
  // The page reads all open ones for its bar, and they are costly to group.
  const isOfAll = status === "OPEN" && Object.keys(query).length === 1;
  const { polled } = usePoll(
    isOfAll ? "groups" : JSON.stringify(query),
    () => fetchGroups(isOfAll ? {} : query),
    { every: everyGroups(1) },
  );
  const [text, setText] = useState("");
  return (
    <>
      <h1>Failed messages</h1>
      <FilterBar filter={query} onFilter={(next) => go({ kind: "groups", filter: next })}>
        <TextFilter text={text} onText={setText} placeholder="in the loaded groups" />
      </FilterBar>
      <Loaded polled={polled} what="the failed messages">
        {(found) => (
          <>
            {!found.isComplete && <p class="soft after">{partialText(found)}</p>}
            <List found={found} text={text} status={status} />
            <p class="after">
              <a href={hrefTo({ kind: "messages", filter: query })}>All messages</a>
            </p>
          </>
        )}
      </Loaded>
      <Jobs />
    </>
  );
}

/** What the groups hold of too many messages or causes. */
function partialText(found: FailureGroups): string {
  const held = found.groups.reduce((sum, group) => sum + group.count, 0);
  const open = openIn(found);
  return open.count > held
    ? `The groups hold ${count(held)} of ${open.isExact ? "" : "about "}${pluralize(open.count, "message")}: the oldest, and the largest causes.`
    : "More than 10,000 messages or 500 causes. The groups hold the oldest messages and the largest causes.";
}

interface ListProps {
  readonly found: FailureGroups;
  readonly text: string;
  readonly status: string;
}

function List({ found: { groups: all, isComplete }, text, status }: ListProps) {
  const groups = all.filter((group) => matchesText(group, text));
  if (groups.length === 0) return <Empty>{EMPTY[status] ?? "No failed messages."}</Empty>;
  return (
    <ul class="rows" aria-label="Failed messages by cause">
      {groups.map((group) => (
        <li key={group.fingerprint} class="group">
          <a data-row href={hrefTo({ kind: "messages", filter: { status, fingerprint: group.fingerprint } })}>
            <span class="tally">
              {count(group.count)}
              {!isComplete && "+"}
            </span>
            <span class="what">
              <strong>{group.reason}</strong> <span class="soft">in {group.consumer}</span>
              <span class="detail">{errorOf(group) || `an ${group.eventType} event`}</span>
            </span>
            <span class="when soft">
              <Ago at={group.lastAt} />
              {group.count > 1 && (
                <span class="since">
                  first <Ago at={group.firstAt} />
                </span>
              )}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

const EMPTY: Readonly<Record<string, string>> = {
  OPEN: "No failed messages. A message is listed here when its failure is permanent or all retries failed.",
  RETRYING: "No messages in retry.",
  REDRIVEN: "No redriven messages in progress.",
  RESOLVED: "No messages resolved in the last 90 days.",
  DISCARDED: "No messages discarded in the last 90 days.",
};

export function errorOf({
  errorName,
  errorMessage,
}: Pick<FailureGroup, "errorName" | "errorMessage">): string {
  return [errorName, errorMessage].filter((part) => part !== undefined).join(": ");
}

function matchesText(group: FailureGroup, text: string): boolean {
  const { reason, consumer, eventType } = group;
  const whole = `${reason} ${consumer} ${eventType} ${errorOf(group)}`.toLowerCase();
  return whole.includes(text.trim().toLowerCase());
}
