import type { Clock } from "../middleware/clock.ts";
import { ended, type Job } from "./domain/job.ts";
import type { Jobs } from "./ports/jobs.ts";

/** Some of the items that a job goes through. */
export interface Page<Kind extends Job, Item> {
  readonly items: readonly Item[];
  /** The job as it goes on behind this page; absent where this is the last. */
  readonly behind?: (job: Kind) => Kind;
}

/** What one kind of job does; how it is taken up, saved, paced and stopped is the same for all. */
export interface Work<Kind extends Job, Item> {
  readonly jobs: Jobs<Kind>;
  readonly clock: Clock;
  readonly newId: () => string;
  page(job: Kind): Promise<Page<Kind, Item>>;
  /** Deals with some items, side by side, and counts them. What became of each is safe by then. */
  deal(job: Kind, items: readonly Item[]): Promise<Kind>;
  /** The job with what became since of what it dealt with; `isLast`: nothing is left to deal with. */
  lookAfter?(job: Kind, isLast: boolean): Promise<Kind>;
  /** Why the job has to stop, if it has to. */
  breakerSays(job: Kind): string | undefined;
}

/** Jobs that are worked on side by side: each mostly waits, to keep to its rate. */
const AT_ONCE = 10;
/** How long a job rests when whoever worked on it died: past the longest run of a function that does. */
const LEASE_MS = 60_000;
const SAVE_EVERY_MS = 1_000;

/**
 * Takes up every running job that nobody works on, side by side until the deadline, each at its own rate; the next
 * minute goes on. Answers with what they did by the jobs' own `counts`. Rejects with the first failure, once all of
 * them have come to their end: what is under way when a function answers is lost.
 */
export async function runJobs<Count extends string, Kind extends Job & Record<Count, number>, Item>(
  work: Work<Kind, Item>,
  counts: readonly Count[],
  deadline: number,
): Promise<Record<Count, number>> {
  const { jobs, clock } = work;
  const isDue = ({ dueAt }: Kind) => Date.parse(dueAt) <= clock.now();
  const totals = Object.fromEntries(counts.map((count) => [count, 0])) as Record<Count, number>;
  const due = (await jobs.list("RUNNING", AT_ONCE)).filter(isDue);
  const ends = await Promise.allSettled(
    due.map(async ({ jobId }) => {
      // The list may be behind what was written.
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
 * Works on a job until it has ended or the deadline comes, and answers with the job as it was left. How far it has
 * got is saved each second: after a crash what the last second dealt with is missing in the counts, and is met again.
 */
export async function runSlice<Kind extends Job, Item>(
  work: Work<Kind, Item>,
  job: Kind,
  deadline: number,
): Promise<Kind> {
  const { clock } = work;
  const begun = await save(work, job, clock.now() + LEASE_MS);
  if (begun === undefined) return job;
  let current = begun;
  let savedAt = clock.now();
  const atOnce = Math.ceil(job.ratePerSecond / 10);
  for (;;) {
    const { items, behind } = await work.page(current);
    for (let i = 0; i < items.length; i += atOnce) {
      const tickAt = clock.now();
      if (tickAt >= deadline) return (await save(work, current, tickAt)) ?? current;
      const chunk = items.slice(i, i + atOnce);
      current = await work.deal(current, chunk);
      const isToBeSaved = clock.now() - savedAt >= SAVE_EVERY_MS;
      if (isToBeSaved) current = (await work.lookAfter?.(current, false)) ?? current;
      const because = work.breakerSays(current);
      if (because !== undefined) return close(work, current, because);
      if (isToBeSaved) {
        const saved = await save(work, current, clock.now() + LEASE_MS);
        if (saved === undefined) return current;
        current = saved;
        savedAt = clock.now();
      }
      await clock.sleep(Math.max(0, tickAt + (chunk.length / job.ratePerSecond) * 1_000 - clock.now()));
    }
    current = (await work.lookAfter?.(current, behind === undefined)) ?? current;
    const because = work.breakerSays(current);
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
  const last = ended(job, work.clock.now(), because);
  return (await save(work, last)) ?? last;
}

/** The job as saved, or `undefined` where somebody else has written it. */
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
