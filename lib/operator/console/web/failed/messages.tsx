import { useContext, useState } from "preact/hooks";
import { REASONS } from "../../../../../functions/contract/failures.ts";
import type { FailedSummary } from "../../../../../functions/contract/operator-answers.ts";
import { JobDialog } from "../jobs/job-dialog.tsx";
import { latestValue, useLive } from "../live.ts";
import { useShortcuts } from "../page/shortcuts.ts";
import { Empty, Loaded } from "../page/states.tsx";
import { Ago } from "../page/time.tsx";
import { type Filter, hrefTo } from "../route.ts";
import { TargetInfo, useMay } from "../target-info.ts";
import { go } from "../use-route.ts";
import { fetchMessages } from "./failed-api.ts";
import { FilterBar } from "./filter-bar.tsx";
import { errorOf } from "./groups.tsx";

const PAGE_SIZE = 50;
const MAX_ITEMS = 500;

/** The messages of a group or of a filter. */
export function Messages({ filter }: { readonly filter: Filter }) {
  const query = { ...filter, status: filter.status ?? "OPEN" };
  const [limit, setLimit] = useState(PAGE_SIZE);
  const [text, setText] = useState("");
  const [isRedriving, setRedriving] = useState(false);
  const { announce } = useContext(TargetInfo);
  const { live, refresh } = useLive(`${limit} ${JSON.stringify(query)}`, () => fetchMessages(query, limit));
  const items = latestValue(live)?.items ?? [];
  const may = useMay();
  const canRedrive = may("startJob") && query.status === "OPEN" && items.length > 0;
  useShortcuts({ r: () => setRedriving(canRedrive) });
  return (
    <>
      <p class="path">
        <a href={hrefTo({ kind: "groups", filter: {} })}>Failed messages</a>
      </p>
      <div class="split">
        <Title filter={query} sample={items[0]} />
        {canRedrive && (
          <button type="button" class="strong" onClick={() => setRedriving(true)}>
            Redrive these messages …
          </button>
        )}
      </div>
      <FilterBar
        filter={query}
        text={text}
        onText={setText}
        onFilter={(next) => go({ kind: "messages", filter: next })}
      >
        {query.fingerprint !== undefined && (
          <button
            type="button"
            onClick={() => {
              const { fingerprint: _, ...others } = query;
              go({ kind: "messages", filter: others });
            }}
          >
            Group {query.fingerprint} ✕
          </button>
        )}
      </FilterBar>
      <Loaded live={live} what="the messages">
        {({ cursor }) => (
          <>
            <List
              items={items.filter((item) => matchesText(item, text))}
              isGroup={query.fingerprint !== undefined}
            />
            {cursor !== undefined && limit < MAX_ITEMS && (
              <button type="button" onClick={() => setLimit(Math.min(MAX_ITEMS, limit * 2))}>
                Show more
              </button>
            )}
            {cursor !== undefined && limit >= MAX_ITEMS && (
              <p class="soft">More than {MAX_ITEMS} messages. Narrow the filter.</p>
            )}
          </>
        )}
      </Loaded>
      {isRedriving && (
        <JobDialog
          act="redrive"
          selection={{ filter: query }}
          onClose={() => setRedriving(false)}
          onStarted={(job) => {
            setRedriving(false);
            refresh();
            if (job.jobId === undefined) announce(job.stoppedBecause ?? "No message to redrive.");
            else go({ kind: "job", jobId: job.jobId });
          }}
        />
      )}
    </>
  );
}

/** A group has the reason and consumer of its messages as its title. */
function Title({ filter, sample }: { readonly filter: Filter; readonly sample: FailedSummary | undefined }) {
  if (filter.fingerprint === undefined) return <h1>Messages</h1>;
  const meaning =
    sample === undefined ? undefined : (REASONS as Readonly<Record<string, string>>)[sample.reason];
  return (
    <div>
      <h1>
        {sample === undefined ? `Group ${filter.fingerprint}` : `${sample.reason} in ${sample.consumer}`}
      </h1>
      {meaning !== undefined && <p class="soft">{meaning}</p>}
    </div>
  );
}

function List({ items, isGroup }: { readonly items: readonly FailedSummary[]; readonly isGroup: boolean }) {
  if (items.length === 0) {
    return <Empty>No message matches the filter.</Empty>;
  }
  return (
    <ul class="rows" aria-label="Messages">
      {items.map((item) => (
        <li key={item.failedKey} class="message">
          <a data-row href={hrefTo({ kind: "message", failedKey: item.failedKey })}>
            <span class="what">
              <strong>{item.eventType ?? "not an event"}</strong>{" "}
              {!isGroup && (
                <span class="soft">
                  {item.reason} in {item.consumer}
                </span>
              )}
              <code class="key">{item.orderId ?? item.failedKey}</code>
              <span class="detail">{errorOf(item)}</span>
            </span>
            <span class="when soft">
              <Ago at={item.lastAt} />
              <span class="since">
                {item.failures === 1 ? "failed once" : `failed ${item.failures} times`}
              </span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function matchesText(item: FailedSummary, text: string): boolean {
  const whole = `${item.failedKey} ${item.reason} ${item.eventType} ${errorOf(item)}`.toLowerCase();
  return whole.includes(text.trim().toLowerCase());
}
