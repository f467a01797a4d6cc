import { pluralize } from "../format.ts";
import { latestValue, useLive } from "../live.ts";
import { Badge } from "../page/badge.tsx";
import { Loaded } from "../page/states.tsx";
import { At } from "../page/time.tsx";
import { hrefTo } from "../route.ts";
import { fetchJob, type Job as Redrive } from "./failed-api.ts";

/** How far the redrive of many messages has got, and why it stopped if it did. */
export function Job({ jobId }: { readonly jobId: string }) {
  const { live } = useLive(jobId, () => fetchJob(jobId));
  const ended = latestValue(live)?.status !== "RUNNING";
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
                <p class="soft">See what came back, mend its cause, then redrive the rest.</p>
              </div>
            )}
            <dl class="facts">
              <dt>by</dt>
              <dd>{job.by}</dd>
              <dt>rate</dt>
              <dd>at most {job.ratePerSecond} a second</dd>
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
                What is still open of them
              </a>
              {" · "}
              <a data-row href={hrefTo({ kind: "messages", filter: { ...job.filter, status: "REDRIVEN" } })}>
                What is on its way
              </a>
            </p>
            {!ended && <p class="soft">It goes on when this page is closed.</p>}
          </>
        )}
      </Loaded>
    </>
  );
}

/** What came back is the outcome of a redrive that was done. */
function Outcome({ job: { status, sent, cameBack } }: { readonly job: Redrive }) {
  if (status !== "DONE" || cameBack === 0) return <Badge state={status} />;
  return (
    <span class="badge bad">
      {cameBack} of {sent} came back
    </span>
  );
}

export function Progress({ job }: { readonly job: Redrive }) {
  const { sent, resolved, refused, cameBack, total } = job;
  const done = sent + resolved + refused;
  const all = total ?? done;
  return (
    <div class="progress">
      <progress
        max={Math.max(all, 1)}
        value={job.status === "DONE" ? Math.max(all, 1) : done}
        aria-label="Dealt with"
      />
      <p>
        <b>{pluralize(done, "message")}</b> {total === undefined ? "dealt with" : `of ${total} dealt with`}: {sent}{" "}
        sent, {resolved} resolved, {refused} refused,{" "}
        <span class={cameBack > 0 ? "bad" : ""}>{cameBack} came back</span>
      </p>
    </div>
  );
}
