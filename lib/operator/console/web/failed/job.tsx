import type { RedriveJobView } from "../../../../../functions/contract/operator-answers.ts";
import { pluralize } from "../format.ts";
import { latestValue, useLive } from "../live.ts";
import { Badge } from "../page/badge.tsx";
import { Loaded } from "../page/states.tsx";
import { At } from "../page/time.tsx";
import { hrefTo } from "../route.ts";
import { fetchJob } from "./failed-api.ts";

/** The progress of a bulk redrive, and the reason where it stopped. */
export function Job({ jobId }: { readonly jobId: string }) {
  const { live } = useLive(jobId, () => fetchJob(jobId));
  const isEnded = latestValue(live)?.status !== "RUNNING";
  return (
    <>
      <p class="path">
        <a href={hrefTo({ kind: "groups", filter: {} })}>Failed messages</a>
      </p>
      <Loaded live={live} what="the redrive">
        {(job) => (
          <>
            <h1>
              Redrive <Outcome job={job} />
            </h1>
            <p>{job.why}</p>
            <Progress job={job} />
            {job.stoppedBecause !== undefined && (
              <div class="problem" role="alert">
                <p>
                  <strong>Stopped:</strong> {job.stoppedBecause}
                </p>
                <p class="soft">
                  Check the messages that failed again, fix the cause, then redrive the rest.
                </p>
              </div>
            )}
            <dl class="facts">
              <dt>by</dt>
              <dd>{job.by}</dd>
              <dt>rate</dt>
              <dd>at most {job.ratePerSecond} per second</dd>
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
            <p class="after">
              <a data-row href={hrefTo({ kind: "messages", filter: { ...job.filter, status: "OPEN" } })}>
                Open messages
              </a>
              {" · "}
              <a data-row href={hrefTo({ kind: "messages", filter: { ...job.filter, status: "REDRIVEN" } })}>
                Redriven messages in progress
              </a>
            </p>
            {!isEnded && <p class="soft">The job continues when this page is closed.</p>}
          </>
        )}
      </Loaded>
    </>
  );
}

/** A finished job with messages that failed again shows their number. */
function Outcome({ job: { status, sent, failedAgain } }: { readonly job: RedriveJobView }) {
  if (status !== "DONE" || failedAgain === 0) return <Badge state={status} />;
  return (
    <span class="badge bad">
      {failedAgain} of {sent} failed again
    </span>
  );
}

export function Progress({ job }: { readonly job: RedriveJobView }) {
  const { sent, resolved, refused, failedAgain, total } = job;
  const done = sent + resolved + refused;
  const all = total ?? done;
  return (
    <div class="progress">
      <progress
        max={Math.max(all, 1)}
        value={job.status === "DONE" ? Math.max(all, 1) : done}
        aria-label="Processed"
      />
      <p>
        <b>{pluralize(done, "message")}</b> {total === undefined ? "processed" : `of ${total} processed`}:{" "}
        {sent} sent, {resolved} resolved, {refused} refused,{" "}
        <span class={failedAgain > 0 ? "bad" : ""}>{failedAgain} failed again</span>
      </p>
    </div>
  );
}
