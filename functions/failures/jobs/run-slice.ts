import type { Clock } from "../../middleware/clock.ts";
import { abortJob, finishJob, type Job } from "../domain/job.ts";
import type { JobStore, StoredJob } from "../ports/job-store.ts";

export interface JobStorePorts {
  readonly jobs: JobStore;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** What one kind of job does. Claiming, saving, pacing, stopping and aborting are the same for all kinds. */
export interface Work<Kind extends Job, Item> {
  /** The next items, maybe none, and the job with its place in the listing. It is saved before they are processed. */
  page(job: Kind): Promise<{ readonly job: Kind; readonly items: readonly Item[]; readonly isLast: boolean }>;
  /** Processes some items concurrently and counts them. The outcome of each is durable by then. */
  process(job: Kind, items: readonly Item[]): Promise<Kind>;
  /** The job with the present outcome of what it processed; `isLast`: no item is left. */
  refreshCounts?(job: Kind, isLast: boolean): Promise<Kind>;
  /** Why the job has to stop, if so. */
  breakerReason(job: Kind): string | undefined;
}

/** How long a job rests after its function died: longer than any run of such a function. */
const LEASE_MS = 60_000;
/** An abort takes effect at the next save. */
const SAVE_EVERY_MS = 1_000;

/**
 * Runs a job until its end or the deadline, and returns it as it is then. Its progress is saved each second: what a
 * function processed in the second before it died is processed again.
 */
export async function runSlice<Kind extends StoredJob, Item>(
  ports: JobStorePorts,
  work: Work<Kind, Item>,
  job: Kind,
  deadline: number,
): Promise<Kind> {
  const { clock } = ports;
  if (job.abort !== undefined) return close(ports, abortJob(job, clock.now(), job.abort));
  const claimed = await save(ports, job, clock.now() + LEASE_MS);
  if (claimed?.status !== "RUNNING") return claimed ?? job;
  let current = claimed;
  let savedAt = clock.now();
  /** Returns the job as stored where this run has to leave it: it has ended, or another run has it. */
  const keep = async (next: Kind): Promise<Kind | undefined> => {
    const saved = await save(ports, next, clock.now() + LEASE_MS);
    if (saved?.status !== "RUNNING") return saved ?? current;
    current = saved;
    savedAt = clock.now();
    return undefined;
  };
  const atOnce = Math.ceil(job.ratePerSecond / 10);
  for (;;) {
    const { job: placed, items, isLast } = await work.page(current);
    const left = items.length > 0 && placed !== current ? await keep(placed) : undefined;
    if (left !== undefined) return left;
    if (items.length === 0) current = placed;
    for (let i = 0; i < items.length; i += atOnce) {
      const tickAt = clock.now();
      if (tickAt >= deadline) return (await save(ports, current, tickAt)) ?? current;
      const chunk = items.slice(i, i + atOnce);
      current = await work.process(current, chunk);
      const isSaveDue = clock.now() - savedAt >= SAVE_EVERY_MS;
      if (isSaveDue) current = (await work.refreshCounts?.(current, false)) ?? current;
      const because = work.breakerReason(current);
      if (because !== undefined) return close(ports, finishJob(current, clock.now(), because));
      const ended = isSaveDue ? await keep(current) : undefined;
      if (ended !== undefined) return ended;
      await clock.sleep(Math.max(0, tickAt + (chunk.length / job.ratePerSecond) * 1_000 - clock.now()));
    }
    current = (await work.refreshCounts?.(current, isLast)) ?? current;
    const because = work.breakerReason(current);
    if (because !== undefined || isLast) return close(ports, finishJob(current, clock.now(), because));
    if (clock.now() >= deadline) return (await save(ports, current, clock.now())) ?? current;
  }
}

async function close<Kind extends StoredJob>(ports: JobStorePorts, ended: Kind): Promise<Kind> {
  return (await save(ports, ended)) ?? ended;
}

/**
 * The job as saved: ABORTED where an operator has asked for that since it was read, unless it has ended anyway.
 * `undefined` where another run has written it.
 */
async function save<Kind extends StoredJob>(
  ports: JobStorePorts,
  job: Kind,
  dueAt?: number,
): Promise<Kind | undefined> {
  const { jobs, newId, clock } = ports;
  const next: Kind = {
    ...job,
    revision: job.revision + 1,
    writeId: newId(),
    ...(dueAt === undefined ? {} : { dueAt: new Date(dueAt).toISOString() }),
  };
  if (await jobs.put(next, job.revision)) return next;
  const stored = await jobs.get(job.jobId);
  const isAborted = stored?.abort !== undefined && stored.revision === job.revision + 1;
  if (!isAborted || job.abort !== undefined || stored.abort === undefined) return undefined;
  const current = { ...job, revision: stored.revision };
  // A job that ends at this moment has nothing left to abort.
  return save(
    ports,
    job.status === "RUNNING"
      ? abortJob(current, clock.now(), stored.abort)
      : { ...current, abort: stored.abort },
  );
}
