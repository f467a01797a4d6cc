import { useEffect, useRef } from "preact/hooks";
import { REASONS } from "../../../../../functions/contract/failures.ts";
import type { FailedList, FailedSummary } from "../../../../../functions/contract/operator-answers.ts";
import { count, pluralize } from "../../../observe/count.ts";
import { clock } from "../format.ts";
import { SearchField } from "../page/filter.tsx";
import { Empty, Loaded } from "../page/states.tsx";
import { Ago, At } from "../page/time.tsx";
import { latestValue, usePoll } from "../poll.ts";
import { type Filter, hrefTo, type ListPlace } from "../route.ts";
import { useMay } from "../target-info.ts";
import { go } from "../use-route.ts";
import { BulkActs, useCanTick } from "./bulk-acts.tsx";
import { fetchMessages } from "./failed-api.ts";
import { FilterBar, OrderChoice } from "./filter-bar.tsx";
import { errorOf } from "./groups.tsx";
import { TickBox } from "./tick-box.tsx";
import { type Ticks, useTicks } from "./ticks.ts";

interface MessagesProps {
  readonly filter: Filter;
  readonly place: ListPlace;
}

/** The messages of a group, a filter or a search. The address holds all of it, down to the row that was left last. */
export function Messages({ filter, place }: MessagesProps) {
  const query = { ...filter, status: filter.status ?? "OPEN" };
  const { at, ...shown } = place;
  const { search } = place;
  const may = useMay();
  const inBodies = may("searchFailedMessageBodies");
  const { polled, refresh } = usePoll(
    JSON.stringify([query, shown]),
    () => fetchMessages(query, shown, inBodies),
    // A search reads bodies.
    search === undefined ? {} : { every: 5, cost: "manual" },
  );
  const items = latestValue(polled)?.items ?? [];
  const canTick = useCanTick(query.status);
  const ticks = useTicks(JSON.stringify([query, search]), items);
  useEffect(() => {
    if (at === undefined) scrollTo(0, 0);
  }, [place.cursor]);
  const show = (next: Filter, nextPlace: ListPlace) =>
    go({ kind: "messages", filter: next, place: nextPlace });
  const { order } = place;
  const kept: ListPlace = {
    ...(order === undefined ? {} : { order }),
    ...(search === undefined ? {} : { search }),
  };
  return (
    <>
      <p class="path">
        <a href={hrefTo({ kind: "groups", filter: {} })}>Failed messages</a>
      </p>
      <Title filter={query} sample={items[0]} />
      <FilterBar filter={query} onFilter={(next) => show(next, kept)}>
        {query.fingerprint !== undefined && (
          <button
            type="button"
            onClick={() => {
              const { fingerprint: _, ...others } = query;
              show(others, kept);
            }}
          >
            Group {query.fingerprint} ✕
          </button>
        )}
        {query.job !== undefined && (
          <button
            type="button"
            onClick={() => {
              const { job: _, ...others } = query;
              show(others, kept);
            }}
          >
            Job {query.job} ✕
          </button>
        )}
        <OrderChoice
          order={order}
          onOrder={(next) => {
            const { order: _, ...others } = kept;
            show(query, next === "" ? others : { ...others, order: next });
          }}
        />
        <SearchField
          text={search ?? ""}
          placeholder={inBodies ? "order, customer, event, error, body" : "order, event, error"}
          onText={(text) => {
            const { search: _, ...others } = kept;
            show(query, text === "" ? others : { ...others, search: text });
          }}
        />
      </FilterBar>
      <Loaded polled={polled} what="the messages">
        {(page) => (
          <>
            <Total page={page} isWhole={page.cursor === undefined && place.cursor === undefined} />
            <List
              items={page.items}
              isEnd={page.cursor === undefined}
              isGroup={query.fingerprint !== undefined}
              ticks={canTick ? ticks : undefined}
              at={at}
              onLeave={(failedKey) =>
                history.replaceState(
                  null,
                  "",
                  hrefTo({ kind: "messages", filter, place: { ...shown, at: failedKey } }),
                )
              }
            />
            <Pages
              {...{ page, place, kept }}
              hrefOf={(next) => hrefTo({ kind: "messages", filter, place: next })}
            />
          </>
        )}
      </Loaded>
      {canTick && (
        <BulkActs
          filter={query}
          ticks={ticks}
          isSearch={search !== undefined}
          open={latestValue(polled)?.openCount}
          onStarted={refresh}
        />
      )}
    </>
  );
}

/** How many there are: as listed, where the page holds all, else as maintenance counted the open ones. */
function Total({ page, isWhole }: { readonly page: FailedList; readonly isWhole: boolean }) {
  const { items, openCount } = page;
  if (isWhole)
    return items.length === 0 ? null : <p class="soft after">{pluralize(items.length, "message")}.</p>;
  if (openCount === undefined || openCount.count < items.length) return null;
  return (
    <p class="soft after">
      {openCount.isExact ? "" : "About "}
      {pluralize(openCount.count, "open message")}, counted at <At at={openCount.at} />.
    </p>
  );
}

interface PagesProps {
  readonly page: FailedList;
  readonly place: ListPlace;
  /** The place without its page. */
  readonly kept: ListPlace;
  readonly hrefOf: (place: ListPlace) => string;
}

/** Links to the next page, and to the first. The page before is the one that the browser goes back to. */
function Pages({ page: { items, cursor }, place, kept, hrefOf }: PagesProps) {
  const [first, further] = place.order === "oldest" ? ["Oldest", "Newer"] : ["Newest", "Older"];
  const isSearch = place.search !== undefined;
  if (cursor === undefined && place.cursor === undefined) return null;
  return (
    <p class="pages">
      {place.cursor !== undefined && <a href={hrefOf(kept)}>{first} messages</a>}
      {cursor !== undefined && (
        <a href={hrefOf({ ...kept, cursor })}>
          {isSearch ? `Search ${further.toLowerCase()} messages` : `${further} messages`}
        </a>
      )}
      {cursor !== undefined && isSearch && items.length === 0 && (
        <span class="soft">No match up to {clock(Date.parse(cursor.split("~")[0] ?? ""))}.</span>
      )}
    </p>
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

interface ListProps {
  readonly items: readonly FailedSummary[];
  /** Whether no page follows. */
  readonly isEnd: boolean;
  readonly isGroup: boolean;
  /** Absent where no act on many is offered. */
  readonly ticks: Ticks | undefined;
  /** The key of the row to go to. */
  readonly at: string | undefined;
  readonly onLeave: (failedKey: string) => void;
}

function List({ items, isEnd, isGroup, ticks, at, onLeave }: ListProps) {
  const row = useRef<HTMLAnchorElement>(null);
  const isListed = items.some(({ failedKey }) => failedKey === at);
  useEffect(() => {
    row.current?.focus({ preventScroll: true });
    row.current?.scrollIntoView({ block: "center" });
  }, [at, isListed]);
  if (items.length === 0) {
    return <Empty>{isEnd ? "No message matches the filter." : "No message matches so far."}</Empty>;
  }
  return (
    <ul class="rows" aria-label="Messages">
      {items.map((item) => (
        <li
          key={item.failedKey}
          class={ticks === undefined ? "message" : "message tickable"}
          data-key={item.failedKey}
        >
          {ticks !== undefined && <TickBox failedKey={item.failedKey} ticks={ticks} />}
          <a
            data-row
            ref={item.failedKey === at ? row : null}
            href={hrefTo({ kind: "message", failedKey: item.failedKey })}
            onClick={() => onLeave(item.failedKey)}
          >
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
                {item.failures === 1 ? "failed once" : `failed ${count(item.failures)} times`}
              </span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
