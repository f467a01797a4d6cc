import { count } from "../../../observe/count.ts";
import { Badge } from "../page/badge.tsx";
import { Ago } from "../page/time.tsx";
import { latestValue, usePoll } from "../poll.ts";
import { hrefTo } from "../route.ts";
import { countsOf, fetchJobs } from "./jobs-api.ts";

const SHOWN = 5;

/** The latest jobs; renders nothing where there are none. */
export function Jobs() {
  const { polled } = usePoll("jobs", fetchJobs, { every: 2 });
  const jobs = (latestValue(polled)?.jobs ?? []).slice(0, SHOWN);
  if (jobs.length === 0) return null;
  return (
    <section aria-labelledby="jobs">
      <h2 id="jobs">Jobs</h2>
      <ul class="rows">
        {jobs.map((job) => (
          <li key={job.jobId} class="message">
            <a data-row href={hrefTo({ kind: "job", jobId: job.jobId ?? "" })}>
              <span class="what">
                <Badge state={job.status} /> {job.act} <strong>{job.why}</strong>
                <span class="detail">
                  {job.orders !== undefined && `orders ${job.orders.status}: `}
                  {countsOf(job)}
                  {job.act === "redrive" && `, ${count(job.failedAgain)} failed again`}
                </span>
              </span>
              <span class="when soft">
                <Ago at={job.startedAt} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
