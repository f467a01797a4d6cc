import { useId, useState } from "preact/hooks";
import { JOB_RATES, MESSAGE_ACTS, type MessageAct } from "../../../../../functions/contract/failures.ts";
import type { JobPreview, JobView } from "../../../../../functions/contract/operator-answers.ts";
import { changedBy } from "../../../observe/job-counts.ts";
import { count, duration, pluralize } from "../format.ts";
import { ActionDialog, type Preview } from "../page/action-dialog.tsx";
import { hrefTo } from "../route.ts";
import { dryRunJob, type Selection, startJob } from "./jobs-api.ts";

const RATES = [1, 5, 10, 25, 50, 100, 200, 500, 1_000] as const;

const TEXTS = {
  redrive: {
    title: "Redrive these messages",
    label: "Redrive",
    hint: "The job stops when ten of the last fifty messages were refused or failed again.",
  },
  discard: { title: "Discard these messages", label: "Discard", hint: "The job can be undone as a whole." },
  undo: { title: "Undo discard", label: "Undo discard", hint: "The messages will be open again." },
} as const satisfies Record<MessageAct, object>;

interface JobDialogProps {
  readonly act: MessageAct;
  readonly selection: Selection;
  readonly onClose: () => void;
  readonly onStarted: (job: JobView) => void;
}

/** Starts a job. It continues when the page is closed. */
export function JobDialog({ act, selection, onClose, onStarted }: JobDialogProps) {
  const { preset, most } = JOB_RATES[act];
  const [rate, setRate] = useState<number>(preset);
  const [changes, setChanges] = useState(0);
  const hint = useId();
  const { title, label, hint: about } = TEXTS[act];
  const preview = async (): Promise<Preview> => {
    const found = await dryRunJob(act, selection);
    const sum = changedBy(found);
    // Those of a large set are not all decided.
    setChanges(found.isComplete ? sum : found.total);
    return { text: <DryRun act={act} result={found} />, isPossible: sum > 0 };
  };
  return (
    <ActionDialog
      title={title}
      label={label}
      preview={preview}
      action={async (why) => onStarted(await startJob(act, selection, { why, ratePerSecond: rate }))}
      onClose={onClose}
    >
      <label class="line">
        <span>Messages per second, at most</span>
        <select
          value={rate}
          aria-describedby={hint}
          onChange={({ currentTarget }) => setRate(Number(currentTarget.value))}
        >
          {RATES.filter((each) => each <= most).map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <p id={hint} class="hint">
        {changes > rate && `Takes about ${duration(changes / rate)}. `}
        {about}
      </p>
    </ActionDialog>
  );
}

type Outcome = JobPreview["outcomes"][number];

const VERDICTS: Readonly<Record<Outcome["outcome"], string>> = {
  send: "to send",
  resolve: "to resolve without sending",
  refuse: "refused",
  discard: "to discard without consequences",
  "discard with consequences": "to discard with consequences",
  undo: "to reopen",
  publish: "to publish",
  skip: "to skip: changed since they were read",
};

function DryRun({ act, result }: { readonly act: MessageAct; readonly result: JobPreview }) {
  const { total, outcomes, isComplete } = result;
  const looked = outcomes.reduce((sum, each) => sum + each.count, 0);
  if (total === 0) return <p>No {MESSAGE_ACTS[act].toLowerCase()} message matches the filter.</p>;
  return (
    <>
      <p>
        {isComplete ? "" : "The first "}
        {pluralize(looked, "message")}
        {looked < total && ` of ${count(total)}`}:
      </p>
      <ul class="verdicts">
        {outcomes.map((each) => (
          <li key={each.outcome} class={each.count === 0 ? "zero" : ""}>
            <b>{count(each.count)}</b>{" "}
            <span>
              {VERDICTS[each.outcome]}
              {reasonsOf(each)}
              {each.outcome !== "send" &&
                each.samples.slice(0, 1).map(({ id }) => (
                  <span key={id}>
                    {" "}
                    <a href={hrefTo({ kind: "message", failedKey: id })}>example</a>
                  </span>
                ))}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function reasonsOf({ samples }: Outcome): string {
  const reasons = [...new Set(samples.flatMap(({ because }) => because ?? []))];
  return reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
}
