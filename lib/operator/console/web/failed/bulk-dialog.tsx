import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import type { RedriveJobView, RedrivePreview } from "../../../../../functions/contract/operator-answers.ts";
import { count, duration, pluralize } from "../format.ts";
import { type Filter, hrefTo } from "../route.ts";
import { ActionDialog, type Preview } from "./action-dialog.tsx";
import { dryRunBulk, redriveBulk } from "./failed-api.ts";

const RATES = [1, 5, 10, 25, 50, 100] as const;

interface BulkDialogProps {
  readonly filter: Filter;
  readonly onClose: () => void;
  readonly onStarted: (job: RedriveJobView) => void;
}

/** Starts a redrive of all messages that match a filter. The job continues when the page is closed. */
export function BulkDialog({ filter, onClose, onStarted }: BulkDialogProps) {
  const [rate, setRate] = useState(10);
  const [sends, setSends] = useState(0);
  const hint = useId();
  const preview = async (): Promise<Preview> => {
    const found = await dryRunBulk(filter);
    setSends(found.send.count);
    return { text: <DryRun result={found} />, isPossible: found.send.count + found.resolve.count > 0 };
  };
  return (
    <ActionDialog
      title="Redrive these messages"
      label="Redrive"
      preview={preview}
      action={async (why) => onStarted(await redriveBulk(filter, why, rate))}
      onClose={onClose}
    >
      <label class="line">
        <span>Messages per second, at most</span>
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
        {sends > rate && `Takes about ${duration(sends / rate)}. `}
        The job stops when ten of the last fifty messages were refused or failed again.
      </p>
    </ActionDialog>
  );
}

function DryRun({ result }: { readonly result: RedrivePreview }) {
  const { total, send, resolve, refuse, isComplete } = result;
  if (total === 0) return <p>No open message matches the filter.</p>;
  return (
    <>
      <p>
        {isComplete ? "" : "The first "}
        {pluralize(total, "message")}:
      </p>
      <ul class="verdicts">
        <RedriveDecision tally={send}>to send</RedriveDecision>
        <RedriveDecision tally={resolve}>to resolve without sending{reasonsOf(resolve)}</RedriveDecision>
        <RedriveDecision tally={refuse}>
          refused{reasonsOf(refuse)}
          {refuse.samples.slice(0, 1).map(({ failedKey }) => (
            <span key={failedKey}>
              {" "}
              <a href={hrefTo({ kind: "message", failedKey })}>example</a>
            </span>
          ))}
        </RedriveDecision>
      </ul>
    </>
  );
}

type Tally = RedrivePreview["send"];

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
