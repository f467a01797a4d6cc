import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { count, pluralize, duration } from "../format.ts";
import { type Filter, hrefTo } from "../route.ts";
import { ActionDialog, type Preview } from "./action-dialog.tsx";
import { type BulkPreview, type Job, redriveBulk, dryRunBulk } from "./failed-api.ts";

const RATES = [1, 5, 10, 25, 50, 100] as const;

interface BulkDialogProps {
  readonly filter: Filter;
  readonly onClose: () => void;
  readonly onStarted: (job: Job) => void;
}

/** Redrives everything that a filter takes, as a job that goes on when this page is closed. */
export function BulkDialog({ filter, onClose, onStarted }: BulkDialogProps) {
  const [rate, setRate] = useState(10);
  const [sends, setSends] = useState(0);
  const hint = useId();
  const preview = async (): Promise<Preview> => {
    const found = await dryRunBulk(filter);
    setSends(found.send.count);
    return { text: <Found found={found} />, isPossible: found.send.count + found.resolve.count > 0 };
  };
  return (
    <ActionDialog
      title="Redrive all of these"
      label="Redrive them"
      preview={preview}
      act={async (why) => onStarted(await redriveBulk(filter, why, rate))}
      onClose={onClose}
    >
      <label class="line">
        <span>At most, a second</span>
        <select
          value={rate}
          aria-describedby={hint}
          onChange={({ currentTarget }) => setRate(Number(currentTarget.value))}
        >
          {RATES.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <p id={hint} class="hint">
        {sends > rate && `It takes about ${duration(sends / rate)}. `}
        It stops by itself when ten of the last fifty were refused or came back: then the cause is not mended.
      </p>
    </ActionDialog>
  );
}

function Found({ found }: { readonly found: BulkPreview }) {
  const { total, send, resolve, refuse, isComplete } = found;
  if (total === 0) return <p>No open message is taken by this filter any more.</p>;
  return (
    <>
      <p>
        {isComplete ? "Of " : "Of the first "}
        {pluralize(total, "message")} this would
      </p>
      <ul class="verdicts">
        <RedriveDecision tally={send}>send again</RedriveDecision>
        <RedriveDecision tally={resolve}>resolve without sending{reasonsOf(resolve)}</RedriveDecision>
        <RedriveDecision tally={refuse}>
          refuse{reasonsOf(refuse)}
          {refuse.samples.slice(0, 1).map(({ failedKey }) => (
            <span key={failedKey}>
              {" "}
              <a href={hrefTo({ kind: "message", failedKey })}>see one</a>
            </span>
          ))}
        </RedriveDecision>
      </ul>
    </>
  );
}

type Tally = BulkPreview["send"];

function RedriveDecision({
  tally,
  children,
}: {
  readonly tally: Tally;
  readonly children: ComponentChildren;
}) {
  return (
    <li class={tally.count === 0 ? "zero" : ""}>
      <b>{count(tally.count)}</b> <span>{children}</span>
    </li>
  );
}

function reasonsOf({ samples }: Tally): string {
  const reasons = [...new Set(samples.flatMap(({ because }) => because ?? []))];
  return reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
}
