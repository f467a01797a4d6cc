import { useContext, useEffect, useRef, useState } from "preact/hooks";
import {
  type MailDecision,
  MESSAGE_ACTS,
  type MessageAct,
  MOST_NAMED_MESSAGES,
} from "../../../../../functions/contract/failures.ts";
import type { OpenCount } from "../../../../../functions/contract/operator-answers.ts";
import { pluralize } from "../../../observe/count.ts";
import { ACT_LABELS } from "../jobs/act-labels.ts";
import { JobDialog } from "../jobs/job-dialog.tsx";
import type { BulkAct, Selection } from "../jobs/jobs-api.ts";
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

/** Mails in doubt are decided: a redrive without a decision is refused for each of them. */
const MAIL_ACTS: readonly BulkAct[] = [
  { act: "redrive", mail: "not-sent" },
  { act: "redrive", mail: "sent" },
  { act: "discard" },
];

const MAIL_LABELS: Readonly<Record<MailDecision, string>> = {
  "not-sent": "Mails were not sent: send",
  sent: "Mails were sent: resolve",
};

const labelOf = ({ act, mail }: BulkAct): string =>
  mail === undefined ? ACT_LABELS[act] : MAIL_LABELS[mail];

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
  const [chosen, setChosen] = useState<BulkAct>();
  const count = ticked.messages.size;
  const selection: Selection | undefined =
    count > 0 ? { messages: [...ticked.messages.values()] } : isSearch ? undefined : { filter };
  const isOneReason = count > 0 || filter.fingerprint !== undefined || filter.reason !== undefined;
  const selected = count > 0 ? [...ticked.messages.values()] : items;
  const areInDoubt =
    isOneReason && filter.status === "OPEN" && selected.every(({ reason }) => reason === "OUTCOME_UNKNOWN");
  const acts = areInDoubt ? MAIL_ACTS : actsOn(filter.status).map((act): BulkAct => ({ act }));
  const start = (next: BulkAct) => {
    if (selection !== undefined) setChosen(next);
  };
  const tickFocused = (isRange: boolean) => {
    const key = document.activeElement?.closest<HTMLElement>("[data-key]")?.dataset["key"];
    if (key !== undefined) change(tickRow(ticked, items, key, isRange));
  };
  useShortcuts({
    ...Object.fromEntries(
      acts.flatMap((each) => (each.mail === undefined ? [[KEYS[each.act], () => start(each)] as const] : [])),
    ),
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
            key={labelOf(each)}
            type="button"
            class={i === 0 && !areInDoubt ? "strong" : ""}
            disabled={selection === undefined}
            onClick={() => start(each)}
          >
            {labelOf(each)} {count === 0 ? "all" : count} …
          </button>
        ))}
      </span>
      {chosen !== undefined && selection !== undefined && (
        <JobDialog
          {...chosen}
          selection={selection}
          open={count === 0 ? open : undefined}
          onClose={() => setChosen(undefined)}
          onStarted={(job) => {
            setChosen(undefined);
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
