import { useContext, useEffect, useRef, useState } from "preact/hooks";
import {
  MESSAGE_ACTS,
  type MessageAct,
  MOST_NAMED_MESSAGES,
} from "../../../../../functions/contract/failures.ts";
import type { OpenCount } from "../../../../../functions/contract/operator-answers.ts";
import { pluralize } from "../format.ts";
import { ACT_LABELS } from "../jobs/act-labels.ts";
import { JobDialog } from "../jobs/job-dialog.tsx";
import type { Selection } from "../jobs/jobs-api.ts";
import { useShortcuts } from "../page/shortcuts.ts";
import type { Filter } from "../route.ts";
import { TargetInfo, useMay } from "../target-info.ts";
import { go } from "../use-route.ts";
import { NOTHING_TICKED, type Ticks, tickRow, tickRows } from "./ticks.ts";

const KEYS = { redrive: "r", discard: "d", undo: "u" } as const satisfies Record<MessageAct, string>;

/** The acts of jobs that the messages of a status allow. */
function actsOn(status: string): readonly MessageAct[] {
  return (Object.keys(MESSAGE_ACTS) as MessageAct[]).filter((act) => MESSAGE_ACTS[act] === status);
}

/** Whether messages of the status can be ticked by this caller. */
export function useCanTick(status: string): boolean {
  const may = useMay();
  return may("startJob") && actsOn(status).length > 0;
}

interface BulkActsProps {
  /** With its status. */
  readonly filter: Filter & { readonly status: string };
  readonly ticks: Ticks;
  /** A job takes a filter, no search: then only ticked messages can be acted on. */
  readonly isSearch: boolean;
  /** The last count of the messages that match the filter. */
  readonly open: OpenCount | undefined;
  readonly onStarted: () => void;
}

/** Acts on the ticked messages or, without ticks, on all that match the filter. */
export function BulkActs({ filter, ticks, isSearch, open, onStarted }: BulkActsProps) {
  const { items, ticked, change } = ticks;
  const { announce } = useContext(TargetInfo);
  const [act, setAct] = useState<MessageAct>();
  const count = ticked.messages.size;
  const selection: Selection | undefined =
    count > 0 ? { messages: [...ticked.messages.values()] } : isSearch ? undefined : { filter };
  const acts = actsOn(filter.status);
  const start = (next: MessageAct) => {
    if (selection !== undefined && acts.includes(next)) setAct(next);
  };
  const tickFocused = (isRange: boolean) => {
    const key = document.activeElement?.closest<HTMLElement>("[data-key]")?.dataset["key"];
    if (key !== undefined) change(tickRow(ticked, items, key, isRange));
  };
  useShortcuts({
    ...Object.fromEntries(acts.map((each) => [KEYS[each], () => start(each)])),
    x: () => tickFocused(false),
    X: () => tickFocused(true),
  });
  if (items.length === 0 && count === 0) return null;
  const isFull = count === MOST_NAMED_MESSAGES;
  return (
    <section class="bulk" aria-label="Acts on many">
      <PageBox ticks={ticks} />
      <p role="status">
        {count === 0
          ? isSearch
            ? "None ticked"
            : "None ticked: all that match the filter"
          : `${pluralize(count, "message")} ticked${isFull ? ", the most of one job" : ""}`}
      </p>
      {count > 0 && (
        <button type="button" class="quiet" onClick={() => change(NOTHING_TICKED)}>
          {isSearch ? "Untick" : "All that match the filter"}
        </button>
      )}
      <span class="acts">
        {acts.map((each, i) => (
          <button
            key={each}
            type="button"
            class={i === 0 ? "strong" : ""}
            disabled={selection === undefined}
            onClick={() => start(each)}
          >
            {ACT_LABELS[each]} {count === 0 ? "all" : count} …
          </button>
        ))}
      </span>
      {act !== undefined && selection !== undefined && (
        <JobDialog
          act={act}
          selection={selection}
          open={count === 0 ? open : undefined}
          onClose={() => setAct(undefined)}
          onStarted={(job) => {
            setAct(undefined);
            change(NOTHING_TICKED);
            onStarted();
            if (job.jobId === undefined) announce(job.stoppedBecause ?? "No message matches.");
            else go({ kind: "job", jobId: job.jobId });
          }}
        />
      )}
    </section>
  );
}

/** Ticks or unticks all rows of the page. */
function PageBox({ ticks: { items, ticked, change } }: { readonly ticks: Ticks }) {
  const box = useRef<HTMLInputElement>(null);
  const here = items.filter(({ failedKey }) => ticked.messages.has(failedKey)).length;
  const isAll = here > 0 && here === items.length;
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = here > 0 && !isAll;
  }, [here, isAll]);
  return (
    <label class="tick">
      <input
        ref={box}
        type="checkbox"
        checked={isAll}
        onChange={() => change({ messages: tickRows(ticked.messages, items, !isAll) })}
      />{" "}
      <span>All on this page</span>
    </label>
  );
}
