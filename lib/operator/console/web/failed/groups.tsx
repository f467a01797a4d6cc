import { useState } from "preact/hooks";
import { short } from "../format.ts";
import { useLive } from "../live.ts";
import { Empty, Loaded } from "../page/states.tsx";
import { Ago } from "../page/time.tsx";
import { type Filter, hrefTo } from "../route.ts";
import { go } from "../use-route.ts";
import { type Group, fetchGroups } from "./failed-api.ts";
import { FilterBar } from "./filter-bar.tsx";
import { Jobs } from "./jobs.tsx";
import { Republishes } from "./republishes.tsx";

/** What failed alike, the most first: one cause is one row, however many messages it stopped. */
export function Groups({ filter }: { readonly filter: Filter }) {
  const status = filter.status ?? "OPEN";
  const asked = { ...filter, status };
  const { live } = useLive(JSON.stringify(asked), () => fetchGroups(asked));
  const [text, setText] = useState("");
  return (
    <>
      <h1>Failed messages</h1>
      <FilterBar
        filter={asked}
        text={text}
        onText={setText}
        onFilter={(next) => go({ kind: "groups", filter: next })}
      />
      <Loaded live={live} what="the failed messages">
        {({ groups, isComplete }) => (
          <>
            {!isComplete && <p class="soft">There are more than 10,000: these are of the oldest.</p>}
            <List groups={groups.filter((group) => matchesText(group, text))} status={status} />
            <p class="after">
              <a href={hrefTo({ kind: "messages", filter: asked })}>All of them, one by one</a>
            </p>
          </>
        )}
      </Loaded>
      <Jobs />
      <Republishes />
    </>
  );
}

function List({ groups, status }: { readonly groups: readonly Group[]; readonly status: string }) {
  if (groups.length === 0) return <Empty>{EMPTY[status] ?? "There are none."}</Empty>;
  return (
    <ul class="rows" aria-label="Groups of messages that failed alike">
      {groups.map((group) => (
        <li key={group.fingerprint} class="group">
          <a
            data-row
            href={hrefTo({ kind: "messages", filter: { status, fingerprint: group.fingerprint } })}
          >
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
  OPEN: "Nothing waits for a person. Messages come here when they failed for good, or when every attempt failed.",
  RETRYING: "Nothing is being tried again by its queue.",
  REDRIVEN: "Nothing that was sent again is still on its way.",
  RESOLVED: "Nothing was resolved in the last 90 days.",
  DISCARDED: "Nothing was discarded in the last 90 days.",
};

export function errorOf({ errorName, errorMessage }: Pick<Group, "errorName" | "errorMessage">): string {
  return [errorName, errorMessage].filter((part) => part !== undefined).join(": ");
}

function matchesText(group: Group, text: string): boolean {
  const { reason, consumer, eventType } = group;
  const whole = `${reason} ${consumer} ${eventType} ${errorOf(group)}`.toLowerCase();
  return whole.includes(text.trim().toLowerCase());
}
