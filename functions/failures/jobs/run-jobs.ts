import type { Clock } from "../../middleware/clock.ts";
import { finishJob, type Job } from "../domain/job.ts";
import type { Jobs } from "../ports/jobs.ts";

export interface Page<Kind extends Job, Item> {
  readonly items: readonly Item[];
  /** The job as it continues behind this page; absent where this is the last. */
  readonly behind?: (job: Kind) => Kind;
}

/** What one kind of job does. Claiming, saving, pacing and stopping are the same for all kinds. */
export interface Work<Kind extends Job, Item> {
  readonly jobs: Jobs<Kind>;
  readonly clock: Clock;
  readonly newId: () => string;
  page(job: Kind): Promise<Page<Kind, Item>>;
  /** Processes some items concurrently and counts them. The outcome of each is durable by then. */
  process(job: Kind, items: readonly Item[]): Promise<Kind>;
  /** The job with the present outcome of what it processed; `isLast`: no item is left. */
  refreshCounts?(job: Kind, isLast: boolean): Promise<Kind>;
  /** Why the job has to stop, if so. */
  breakerReason(job: Kind): string | undefined;
}

/** Jobs run concurrently: each mostly waits, to keep its rate. */
const AT_ONCE = 10;
/** How long a job rests after its function died: longer than any run of such a function. */
const LEASE_MS = 60_000;
const SAVE_EVERY_MS = 1_000;

/**
 * Runs the jobs that are due longest, concurrently until the deadline, each at its own rate; the next minute continues.
 * Returns the sums of the jobs' own `counts`. Rejects with the first error once all have ended, because work in
 * progress is lost when a function returns.
 */
export async function runJobs<Count extends string, Kind extends Job & Record<Count, number>, Item>(
  work: Work<Kind, Item>,
  counts: readonly Count[],
  deadline: number,
): Promise<Record<Count, number>> {
  const { jobs, clock } = work;
  const isDue = ({ dueAt }: Kind) => Date.parse(dueAt) <= clock.now();
  const totals = Object.fromEntries(counts.map((count) => [count, 0])) as Record<Count, number>;
  const due = await jobs.listDue(clock.now(), AT_ONCE);
  const ends = await Promise.allSettled(
    due.map(async (jobId) => {
      // The listing is eventually consistent.
      const before = await jobs.get(jobId);
      if (before?.status !== "RUNNING" || !isDue(before)) return;
      const after = await runSlice(work, before, deadline);
      for (const count of counts) totals[count] += after[count] - before[count];
    }),
  );
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return totals;
}

/**
 * Runs a job until its end or the deadline, and returns it as it is then. Its progress is saved each second: after a
 * crash the last second is missing from the counts and is processed again.
 */
export async function runSlice<Kind extends Job, Item>(
  work: Work<Kind, Item>,
  job: Kind,
  deadline: number,
): Promise<Kind> {
  const { clock } = work;
  const claimed = await save(work, job, clock.now() + LEASE_MS);
  if (claimed === undefined) return job;
  let current = claimed;
  let savedAt = clock.now();
  const atOnce = Math.ceil(job.ratePerSecond / 10);
  for (;;) {
    const { items, behind } = await work.page(current);
    for (let i = 0; i < items.length; i += atOnce) {
      const tickAt = clock.now();
      if (tickAt >= deadline) return (await save(work, current, tickAt)) ?? current;
      const chunk = items.slice(i, i + atOnce);
      current = await work.process(current, chunk);
      const isSaveDue = clock.now() - savedAt >= SAVE_EVERY_MS;
      if (isSaveDue) current = (await work.refreshCounts?.(current, false)) ?? current;
      const because = work.breakerReason(current);
      if (because !== undefined) return close(work, current, because);
      if (isSaveDue) {
        const saved = await save(work, current, clock.now() + LEASE_MS);
        if (saved === undefined) return current;
        current = saved;
        savedAt = clock.now();
      }
      await clock.sleep(Math.max(0, tickAt + (chunk.length / job.ratePerSecond) * 1_000 - clock.now()));
    }
    current = (await work.refreshCounts?.(current, behind === undefined)) ?? current;
    const because = work.breakerReason(current);
    if (because !== undefined || behind === undefined) return close(work, current, because);
    current = behind(current);
    if (clock.now() >= deadline) return (await save(work, current, clock.now())) ?? current;
  }
}

async function close<Kind extends Job, Item>(
  work: Work<Kind, Item>,
  job: Kind,
  because: string | undefined,
): Promise<Kind> {
  const last = finishJob(job, work.clock.now(), because);
  return (await save(work, last)) ?? last;
}

/** The job as saved, or `undefined` where another run has written it. */
async function save<Kind extends Job, Item>(
  { jobs, newId }: Work<Kind, Item>,
  job: Kind,
  dueAt?: number,
): Promise<Kind | undefined> {
  const next: Kind = {
    ...job,
    revision: job.revision + 1,
    writeId: newId(),
    ...(dueAt === undefined ? {} : { dueAt: new Date(dueAt).toISOString() }),
  };
  return (await jobs.put(next, job.revision)) ? next : undefined;
}
