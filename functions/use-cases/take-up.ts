import type { Job } from "../domain/job.ts";
import type { Clock } from "../ports/clock.ts";
import type { Jobs } from "../ports/jobs.ts";

const AT_ONCE = 10;

/**
 * Works on every running job that nobody works on, side by side: each mostly waits, to keep to its rate. Rejects with
 * the first failure, once all of them have come to their end: what is under way when a function answers is lost.
 */
export async function takeUp<Kind extends Job>(
  jobs: Jobs<Kind>,
  clock: Clock,
  work: (job: Kind) => Promise<void>,
): Promise<void> {
  const isDue = ({ dueAt }: Kind) => Date.parse(dueAt) <= clock.now();
  const due = (await jobs.list("RUNNING", AT_ONCE)).filter(isDue);
  const ends = await Promise.allSettled(
    due.map(async ({ jobId }) => {
      // The list may be behind what was written.
      const job = await jobs.get(jobId);
      if (job?.status === "RUNNING" && isDue(job)) await work(job);
    }),
  );
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
