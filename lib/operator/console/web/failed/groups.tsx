import { useState } from "preact/hooks";
import type { FailureGroup } from "../../../../../functions/contract/operator-answers.ts";
import { short } from "../format.ts";
import { Jobs } from "../jobs/jobs.tsx";
import { useLive } from "../live.ts";
import { TextFilter } from "../page/filter.tsx";
import { Empty, Loaded } from "../page/states.tsx";
import { Ago } from "../page/time.tsx";
import { type Filter, hrefTo } from "../route.ts";
import { go } from "../use-route.ts";
import { fetchGroups } from "./failed-api.ts";
import { FilterBar } from "./filter-bar.tsx";

/** Failed messages grouped by cause, the largest group first. */
export function Groups({ filter }: { readonly filter: Filter }) {
  const status = filter.status ?? "OPEN";
  const query = { ...filter, status };
  const { live } = useLive(JSON.stringify(query), () => fetchGroups(query));
  const [text, setText] = useState("");
  return (
    <>
      <h1>Failed messages</h1>
      <FilterBar filter={query} onFilter={(next) => go({ kind: "groups", filter: next })}>
        <TextFilter text={text} onText={setText} placeholder="in the loaded groups" />
      </FilterBar>
      <Loaded live={live} what="the failed messages">
        {({ groups, isComplete }) => (
          <>
            {!isComplete && (
              <p class="soft">
                More than 10,000 messages or 500 causes. The groups contain the oldest messages and the
                largest causes.
              </p>
            )}
            <List groups={groups.filter((group) => matchesText(group, text))} status={status} />
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

function List({ groups, status }: { readonly groups: readonly FailureGroup[]; readonly status: string }) {
  if (groups.length === 0) return <Empty>{EMPTY[status] ?? "No failed messages."}</Empty>;
  return (
    <ul class="rows" aria-label="Failed messages by cause">
      {groups.map((group) => (
        <li key={group.fingerprint} class="group">
          <a data-row href={hrefTo({ kind: "messages", filter: { status, fingerprint: group.fingerprint } })}>
            <span class="tally">{short(group.count)}</span>
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
