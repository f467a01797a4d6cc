import { latestValue, useLive } from "../live.ts";
import { Badge } from "../page/badge.tsx";
import { Ago } from "../page/time.tsx";
import { hrefTo } from "../route.ts";
import { fetchJobs } from "./failed-api.ts";

const SHOWN = 5;

/** The latest bulk redrives; renders nothing where there are none. */
export function Jobs() {
  const { live } = useLive("redrives", fetchJobs, { every: 2 });
  const jobs = (latestValue(live)?.redrives ?? []).slice(0, SHOWN);
  if (jobs.length === 0) return null;
  return (
    <section aria-labelledby="redrives">
      <h2 id="redrives">Redrives</h2>
      <ul class="rows">
        {jobs.map(({ jobId = "", status, sent, resolved, refused, failedAgain, startedAt, why }) => (
          <li key={jobId} class="message">
            <a data-row href={hrefTo({ kind: "redrive", jobId })}>
              <span class="what">
                <Badge state={status} /> <strong>{why}</strong>
                <span class="detail">
                  {sent} sent, {resolved} resolved, {refused} refused, {failedAgain} failed again
                </span>
              </span>
              <span class="when soft">
                <Ago at={startedAt} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
