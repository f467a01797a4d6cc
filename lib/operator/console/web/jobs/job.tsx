import { useContext, useState } from "preact/hooks";
import type { JobView } from "../../../../../functions/contract/operator-answers.ts";
import { count, pluralize } from "../../../observe/count.ts";
import { isResting, processed, RESTS } from "../../../observe/job-counts.ts";
import { ActionDialog } from "../page/action-dialog.tsx";
import { Badge } from "../page/badge.tsx";
import { Loaded } from "../page/states.tsx";
import { At } from "../page/time.tsx";
import { latestValue, usePoll } from "../poll.ts";
import { hrefTo } from "../route.ts";
import { TargetInfo, useMay } from "../target-info.ts";
import { go } from "../use-route.ts";
import { ACT_LABELS } from "./act-labels.ts";
import { JobDialog } from "./job-dialog.tsx";
import { abortJob, countsOf, fetchJob } from "./jobs-api.ts";

/** The progress of a job, and the reason where it ended early. */
export function Job({ jobId }: { readonly jobId: string }) {
  const { polled, refresh } = usePoll(jobId, () => fetchJob(jobId));
  const { announce } = useContext(TargetInfo);
  const [dialog, setDialog] = useState<"abort" | "undo" | undefined>();
  const close = () => setDialog(undefined);
  const may = useMay();
  const shown = latestValue(polled);
  const isRunning = shown?.status === "RUNNING";
  return (
    <>
      <p class="path">
        <a href={hrefTo({ kind: "groups", filter: {} })}>Failed messages</a>
      </p>
      <h1>
        {shown === undefined ? (
          "Job"
        ) : (
          <>
            {ACT_LABELS[shown.act]} <Outcome job={shown} />
          </>
        )}
      </h1>
      <Loaded polled={polled} what="the job">
        {(job) => (
          <>
            <p>{job.why}</p>
            <Progress job={job} />
            <EndedEarly job={job} />
            <Refusals job={job} />
            <Facts job={job} />
            <Messages job={job} />
            <p class="acts">
              {may("abortJob") && isRunning && job.abort === undefined && (
                <button type="button" onClick={() => setDialog("abort")}>
                  Abort the job …
                </button>
              )}
              {may("startJob") && !isRunning && job.act === "discard" && job.done > 0 && (
                <button type="button" onClick={() => setDialog("undo")}>
                  Undo this discard …
                </button>
              )}
            </p>
            {isRunning && (
              <p class="soft after">
                The job {isResting(job) ? `${RESTS}, also` : "continues"} when this page is closed.
              </p>
            )}
          </>
        )}
      </Loaded>
      {dialog === "abort" && (
        <ActionDialog
          title="Abort the job"
          label="Abort"
          preview={async () => ({
            text: <p>The job ends within a second or two. What it has done stays.</p>,
            isPossible: true,
          })}
          action={async (why) => {
            const { status } = await abortJob(jobId, why);
            close();
            refresh();
            announce(
              status === "RUNNING" ? "The job is asked to end." : `The job is ${status.toLowerCase()}.`,
            );
          }}
          onClose={close}
        />
      )}
      {dialog === "undo" && (
        <JobDialog
          act="undo"
          selection={{ filter: { job: jobId } }}
          onClose={close}
          onStarted={(undo) => {
            close();
            if (undo.jobId === undefined) announce(undo.stoppedBecause ?? "No message to reopen.");
            else go({ kind: "job", jobId: undo.jobId });
          }}
        />
      )}
    </>
  );
}

/** A finished redrive with messages that failed again shows their number. */
function Outcome({ job: { status, done, failedAgain } }: { readonly job: JobView }) {
  if (status !== "DONE" || failedAgain === 0) return <Badge state={status} />;
  return (
    <span class="badge bad">
      {count(failedAgain)} of {count(done)} failed again
    </span>
  );
}

function Progress({ job }: { readonly job: JobView }) {
  const { act, failedAgain, total } = job;
  const done = processed(job);
  const isDone = job.status === "DONE";
  const all = Math.max(total ?? done, 1);
  return (
    <div class="progress">
      {total === undefined && !isDone ? (
        <progress aria-label="Processed, of too many to count" />
      ) : (
        <progress max={all} value={isDone ? all : done} aria-label="Processed" />
      )}
      <p>
        <b>{pluralize(done, act === "republish" ? "order" : "message")}</b>{" "}
        {total === undefined ? "processed" : `of ${count(total)} processed`}: {countsOf(job)}
        {act === "redrive" && (
          <>
            , <span class={failedAgain > 0 ? "bad" : ""}>{count(failedAgain)} failed again</span>
          </>
        )}
      </p>
    </div>
  );
}

function EndedEarly({ job: { act, status, stoppedBecause, abort, failedAgain } }: { readonly job: JobView }) {
  if (abort !== undefined) {
    return (
      <div class="problem" role="status">
        <p>
          <strong>{status === "RUNNING" ? "Ending" : "Aborted"}:</strong> {abort.why}
        </p>
        <p class="soft">
          By {abort.by}, <At at={abort.at} />
        </p>
      </div>
    );
  }
  if (stoppedBecause === undefined) return null;
  return (
    <div class="problem" role="alert">
      <p>
        <strong>Stopped:</strong> {stoppedBecause}
      </p>
      <p class="soft">
        {act === "redrive" && failedAgain > 0
          ? "Check the messages that failed again, fix the cause, then redrive the rest."
          : "Fix the cause, then start the job again."}
      </p>
    </div>
  );
}

/** Why messages were refused. */
function Refusals({ job: { refusals = [] } }: { readonly job: JobView }) {
  if (refusals.length === 0) return null;
  return (
    <ul>
      {refusals.map(({ because, count: refused }) => (
        <li key={because}>
          {count(refused)} refused: {because}
        </li>
      ))}
    </ul>
  );
}

function Facts({ job }: { readonly job: JobView }) {
  return (
    <dl class="facts">
      <dt>by</dt>
      <dd>{job.by}</dd>
      <dt>rate</dt>
      <dd>at most {count(job.ratePerSecond)} per second</dd>
      {job.mail !== undefined && (
        <>
          <dt>mails</dt>
          <dd>decided as {job.mail}</dd>
        </>
      )}
      {job.orders !== undefined && (
        <>
          <dt>orders</dt>
          <dd>
            {job.orders.status}, unchanged since <At at={job.orders.before} />
          </dd>
        </>
      )}
      <dt>started</dt>
      <dd>
        <At at={job.startedAt} />
      </dd>
      {job.endedAt !== undefined && (
        <>
          <dt>ended</dt>
          <dd>
            <At at={job.endedAt} />
          </dd>
        </>
      )}
    </dl>
  );
}

/** The statuses that the messages of an act are in afterwards. */
const AFTER = {
  redrive: [
    ["OPEN", "Messages that failed again"],
    ["REDRIVEN", "Redriven messages in progress"],
  ],
  discard: [["DISCARDED", "Discarded messages"]],
  undo: [["OPEN", "Reopened messages"]],
  republish: [],
} as const;

/** Links to the messages that the job acted on. */
function Messages({ job: { act, jobId } }: { readonly job: JobView }) {
  return (
    <p class="after">
      {AFTER[act].map(([status, text], i) => (
        <span key={status}>
          {i > 0 && " · "}
          <a data-row href={hrefTo({ kind: "messages", filter: { status, ...(jobId && { job: jobId }) } })}>
            {text}
          </a>
        </span>
      ))}
    </p>
  );
}
