import { useId, useState } from "preact/hooks";
import {
  JOB_RATES,
  type MailDecision,
  MESSAGE_ACTS,
  type MessageAct,
} from "../../../../../functions/contract/failures.ts";
import type { JobPreview, JobView, OpenCount } from "../../../../../functions/contract/operator-answers.ts";
import { count, pluralize } from "../../../observe/count.ts";
import { changedBy, examined } from "../../../observe/job-counts.ts";
import { duration } from "../format.ts";
import { ActionDialog, type Preview } from "../page/action-dialog.tsx";
import { hrefTo } from "../route.ts";
import { ACT_LABELS } from "./act-labels.ts";
import { type BulkAct, dryRunJob, type Selection, startJob } from "./jobs-api.ts";

const RATES = [1, 5, 10, 25, 50, 100, 200, 500, 1_000] as const;

interface Texts {
  readonly title: string;
  readonly label: string;
  readonly hint: string;
}

const STOPS = "The job stops when ten of the last fifty messages were refused or failed again.";

const TEXTS: Readonly<Record<MessageAct, Texts>> = {
  redrive: { title: "Redrive these messages", label: ACT_LABELS.redrive, hint: STOPS },
  discard: {
    title: "Discard these messages",
    label: ACT_LABELS.discard,
    hint: "The job can be undone as a whole.",
  },
  undo: { title: ACT_LABELS.undo, label: ACT_LABELS.undo, hint: "The messages will be open again." },
};

const MAIL_TEXTS: Readonly<Record<MailDecision, Texts>> = {
  "not-sent": { title: "The mails were not sent", label: "Send mails", hint: STOPS },
  sent: { title: "The mails were sent", label: "Resolve", hint: STOPS },
};

const MAIL_WARNINGS: Readonly<Record<MailDecision, string>> = {
  "not-sent": "A mail that was sent after all is sent twice. Check the log of the mail provider first.",
  sent: "A mail that was not sent after all is never sent. Check the log of the mail provider first.",
};

/** How many messages the job will change; of a large set at least. */
interface JobSize {
  readonly changes: number;
  readonly isLeast: boolean;
}

interface JobDialogProps extends BulkAct {
  readonly selection: Selection;
  /** The last count of the selected messages, where they are all open ones: a dry run looks at the first only. */
  readonly open?: OpenCount | undefined;
  readonly onClose: () => void;
  readonly onStarted: (job: JobView) => void;
}

/** Starts a job. It continues when the page is closed. */
export function JobDialog({ act, mail, selection, open, onClose, onStarted }: JobDialogProps) {
  const { preset, most } = JOB_RATES[act];
  const [rate, setRate] = useState<number>(preset);
  const [size, setSize] = useState<JobSize>({ changes: 0, isLeast: false });
  const hint = useId();
  const { title, label, hint: about } = mail === undefined ? TEXTS[act] : MAIL_TEXTS[mail];
  const preview = async (): Promise<Preview> => {
    const found = await dryRunJob({ act, mail }, selection);
    const changes = changedBy(found);
    const { isComplete, total } = found;
    setSize(
      isComplete
        ? { changes, isLeast: false }
        : { changes: Math.max(total, open?.count ?? 0), isLeast: open === undefined },
    );
    return { text: <DryRun act={act} result={found} open={open} />, isPossible: changes > 0 };
  };
  return (
    <ActionDialog
      title={title}
      label={label}
      preview={preview}
      action={async (why) =>
        onStarted(await startJob({ act, mail }, selection, { why, ratePerSecond: rate }))
      }
      onClose={onClose}
    >
      {mail !== undefined && <p class="bad">{MAIL_WARNINGS[mail]}</p>}
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
        {size.changes > rate &&
          `Takes ${size.isLeast ? "more than" : "at least"} ${duration(size.changes / rate)}. `}
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

interface DryRunProps extends Pick<JobDialogProps, "act" | "open"> {
  readonly result: JobPreview;
}

function DryRun({ act, result, open }: DryRunProps) {
  const { total, outcomes, isComplete } = result;
  const looked = examined(result);
  const isFirst = !isComplete && open !== undefined && open.count > total;
  if (total === 0) return <p>No {MESSAGE_ACTS[act].toLowerCase()} message matches the filter.</p>;
  return (
    <>
      <p>
        {isComplete ? "" : "The first "}
        {pluralize(looked, "message")}
        {looked < total && ` of ${count(total)}`}
        {isFirst && ` of ${open.isExact ? "" : "about "}${count(open.count)}`}:
      </p>
      <ul class="verdicts">
        {outcomes.map((each) => (
          <li key={each.outcome} class={each.count === 0 ? "zero" : ""}>
            <b>{count(each.count)}</b>{" "}
            <span>
              {VERDICTS[each.outcome]}
              <Reasons outcome={each} />
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
      {!isComplete && <p>The job acts on all that match the filter.</p>}
    </>
  );
}

/** At most so many reasons are listed. */
const MOST_REASONS = 3;

/** The reasons of the samples: one beside the count, several as a list. */
function Reasons({ outcome: { count: all, samples } }: { readonly outcome: Outcome }) {
  const reasons = [...new Set(samples.flatMap(({ because }) => because ?? []))];
  const [first] = reasons;
  if (first === undefined) return null;
  if (reasons.length === 1) return <>: {first}</>;
  const shown = reasons.slice(0, MOST_REASONS);
  const others = all - samples.filter(({ because = "" }) => shown.includes(because)).length;
  return (
    <>
      {", among them:"}
      <ul>
        {shown.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
        {others > 0 && <li class="soft">and {count(others)} more</li>}
      </ul>
    </>
  );
}
