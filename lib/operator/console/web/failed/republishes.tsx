import { latestValue, useLive } from "../live.ts";
import { Badge } from "../page/badge.tsx";
import { Ago } from "../page/time.tsx";
import { fetchRepublishes } from "./failed-api.ts";

const SHOWN = 5;

/** The latest jobs of `orders republish`; renders nothing where there are none. */
export function Republishes() {
  const { live } = useLive("republishes", fetchRepublishes, { every: 2 });
  const jobs = (latestValue(live)?.republishes ?? []).slice(0, SHOWN);
  if (jobs.length === 0) return null;
  return (
    <section aria-labelledby="republishes">
      <h2 id="republishes">Republish jobs</h2>
      <ul class="rows">
        {jobs.map(({ jobId, status, orderStatus, published, refused, startedAt, stoppedBecause, why }) => (
          <li key={jobId} class="republish">
            <span class="what">
              <Badge state={status} /> <strong>{why}</strong>
              <span class="detail">
                orders {orderStatus}: {published} published, {refused} refused and parked
                {stoppedBecause !== undefined && `, stopped: ${stoppedBecause}`}
              </span>
            </span>
            <span class="when soft">
              <Ago at={startedAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
