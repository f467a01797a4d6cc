import { useContext, useRef, useState } from "preact/hooks";
import { EVENT_TYPES } from "../../../../../functions/contract/order-status.ts";
import { pluralize } from "../../../observe/count.ts";
import { type LiveEntry, type LiveFilter, OUTCOMES } from "../../../observe/view-types.ts";
import { observatory } from "../fetch-json.ts";
import { Choice, FilterForm, including } from "../page/filter.tsx";
import { Empty, Loaded } from "../page/states.tsx";
import { usePoll } from "../poll.ts";
import { TargetInfo } from "../target-info.ts";
import { go } from "../use-route.ts";
import { type EntryList, NO_ENTRIES, newerThan, withAnswer } from "./entry-list.ts";
import { LiveRow } from "./live-row.tsx";

const SHOWN = 200;
const TYPES = [...EVENT_TYPES, "unknown"];

/** Attempts, acts of operators and crashes as they happen. */
export function LivePage({ filter }: { readonly filter: LiveFilter }) {
  const query = new URLSearchParams(filter).toString();
  const list = useRef<EntryList>(NO_ENTRIES);
  const { polled } = usePoll(`live ${query}`, async () => {
    list.current = withAnswer(list.current, await observatory.live(filter, list.current.cursor));
    return list.current;
  });
  const [held, setHeld] = useState<readonly LiveEntry[]>();
  return (
    <>
      <div class="split">
        <h1>Live</h1>
        <button
          type="button"
          aria-pressed={held !== undefined}
          onClick={() => setHeld(held === undefined ? list.current.entries : undefined)}
        >
          {held === undefined ? "Hold" : "Continue"}
        </button>
      </div>
      <Filters filter={filter} />
      <Loaded polled={polled} what="the live entries">
        {({ entries, isCut }) => (
          <>
            {isCut && (
              <p class="soft" role="status">
                Some entries were left out: too many at once. Select fewer by the filters.
              </p>
            )}
            {held !== undefined && (
              <p class="soft" role="status">
                Held. {pluralize(newerThan(held, entries), "newer entry", "newer entries")}.
              </p>
            )}
            <Rows entries={held ?? entries} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Rows({ entries }: { readonly entries: readonly LiveEntry[] }) {
  if (entries.length === 0) {
    return <Empty>No entries yet. They appear when functions process events, and when operators act.</Empty>;
  }
  return (
    <>
      <ol class="timeline live" aria-label="Entries, the latest first">
        {entries.slice(0, SHOWN).map((entry) => (
          <LiveRow key={entry.id} entry={entry} />
        ))}
      </ol>
      {entries.length > SHOWN && (
        <p class="soft">
          The latest {SHOWN} of {pluralize(entries.length, "entry", "entries")}. Filters find older ones.
        </p>
      )}
    </>
  );
}

function Filters({ filter }: { readonly filter: LiveFilter }) {
  const { about } = useContext(TargetInfo);
  const change = (name: keyof LiveFilter) => (value: string) => {
    const { [name]: _, ...others } = filter;
    go({ kind: "live", filter: value === "" ? others : { ...others, [name]: value } });
  };
  return (
    <FilterForm>
      <Choice
        label="Consumer"
        value={filter.consumer}
        options={including(filter.consumer, [...about.consumers, "operator"])}
        onChange={change("consumer")}
      />
      <Choice
        label="Type"
        value={filter.type}
        options={including(filter.type, TYPES)}
        onChange={change("type")}
      />
      <Choice
        label="Outcome"
        value={filter.outcome}
        options={including(filter.outcome, OUTCOMES)}
        onChange={change("outcome")}
      />
      <label class="grow">
        <span>Order id</span>
        <input
          type="search"
          data-search
          class="mono"
          defaultValue={filter.orderId ?? ""}
          autocomplete="off"
          spellcheck={false}
          onChange={({ currentTarget }) => change("orderId")(currentTarget.value.trim().toUpperCase())}
        />
      </label>
    </FilterForm>
  );
}
