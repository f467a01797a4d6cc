import { matches } from "../domain/failed-filter.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import { ended } from "../domain/job.ts";
import { breakerSays, counted, type Dealt, lookedAfter, type RedriveJob } from "../domain/redrive-job.ts";
import { verdictOn } from "../domain/redrive-verdict.ts";
import type { Jobs } from "../ports/jobs.ts";
import { examine } from "./look-at-row.ts";
import type { ActPorts } from "./operator-ports.ts";
import { applyWrite } from "./record-failure.ts";
import { sendAgain } from "./send-again.ts";
import { takeUp } from "./take-up.ts";

export type JobPorts = ActPorts & { readonly redriveJobs: Jobs<RedriveJob> };

const PAGE = 100;
/** How long a job rests when whoever worked on it died: past the longest run of a function that does. */
const LEASE_MS = 60_000;
const SAVE_EVERY_MS = 1_000;
/** Rows that are looked at whenever a running job is saved or read: as many as are sent in a second at most. */
export const LOOKS = 100;

/**
 * Takes up every job that nobody works on, side by side until the deadline, each at its own rate. The next minute
 * goes on. Rejects if one failed, once the others are through.
 */
export function runRedrives(ports: JobPorts) {
  return async (deadline: number): Promise<{ sent: number; resolved: number; refused: number }> => {
    const totals = { sent: 0, resolved: 0, refused: 0 };
    await takeUp(ports.redriveJobs, ports.clock, async (before) => {
      const after = await runSlice(ports, before, deadline);
      for (const name of ["sent", "resolved", "refused"] as const) totals[name] += after[name] - before[name];
    });
    return totals;
  };
}

/**
 * Works on a job until it has ended or the deadline comes, and answers with the job as it was left. Counts are
 * saved each second: after a crash those of the last second are missing, though no message is sent twice, because
 * each is sent from OPEN only.
 */
export async function runSlice(ports: JobPorts, job: RedriveJob, deadline: number): Promise<RedriveJob> {
  const { clock } = ports;
  let saved = await save(ports, job, clock.now() + LEASE_MS);
  if (saved === undefined) return job;
  let current = saved;
  let savedAt = clock.now();
  const atOnce = Math.ceil(job.ratePerSecond / 10);
  for (;;) {
    const page = await ports.failedMessages.list("OPEN", {
      limit: PAGE,
      dueBefore: job.startedAt,
      ...(current.cursor === undefined ? {} : { cursor: current.cursor }),
    });
    const rows = page.rows.filter((row) => matches(row, job.filter));
    for (let i = 0; i < rows.length; i += atOnce) {
      const tickAt = clock.now();
      if (tickAt >= deadline) return (await save(ports, current, tickAt)) ?? current;
      const chunk = rows.slice(i, i + atOnce);
      current = counted(current, await Promise.all(chunk.map((row) => deal(ports, row, job))));
      if (clock.now() - savedAt >= SAVE_EVERY_MS) {
        current = await lookAfter(ports, current, LOOKS);
        const stopped = await stopIfBroken(ports, current);
        if (stopped !== undefined) return stopped;
        saved = await save(ports, current, clock.now() + LEASE_MS);
        if (saved === undefined) return current;
        current = saved;
        savedAt = clock.now();
      }
      await clock.sleep(Math.max(0, tickAt + (chunk.length / job.ratePerSecond) * 1_000 - clock.now()));
    }
    const isLast = page.cursor === undefined;
    const { cursor: _, ...rest } = await lookAfter(ports, current, isLast ? undefined : LOOKS);
    const stopped = await stopIfBroken(ports, rest);
    if (stopped !== undefined) return stopped;
    if (page.cursor === undefined) {
      const done = ended(rest, clock.now());
      return (await save(ports, done)) ?? done;
    }
    current = { ...rest, cursor: page.cursor };
    if (clock.now() >= deadline) return (await save(ports, current, clock.now())) ?? current;
  }
}

/**
 * The job with the fates of its latest messages as their rows have them now. Looks at `most` of them, at others each
 * time: while it runs that is as many as it sends in a second, and never a burst of reads beside live traffic.
 */
export async function lookAfter(
  ports: Pick<JobPorts, "failedMessages">,
  job: RedriveJob,
  most = Number.POSITIVE_INFINITY,
): Promise<RedriveJob> {
  const underWay = job.recent.filter(({ fate }) => fate === "under way");
  const from = underWay.length > most ? (job.revision * most) % underWay.length : 0;
  const looked = [...underWay.slice(from), ...underWay.slice(0, from)].slice(0, most);
  const rows = await Promise.all(
    looked.map(async ({ failedKey }) => [failedKey, await ports.failedMessages.get(failedKey)] as const),
  );
  return lookedAfter(job, new Map(rows));
}

async function stopIfBroken(ports: JobPorts, job: RedriveJob): Promise<RedriveJob | undefined> {
  const because = breakerSays(job);
  if (because === undefined) return undefined;
  const stopped = ended(job, ports.clock.now(), because);
  return (await save(ports, stopped)) ?? stopped;
}

/** Sends one message, resolves it, or leaves it; what becomes of it is in its row. */
async function deal(ports: JobPorts, row: FailedMessage, { by, why }: RedriveJob): Promise<Dealt> {
  const findings = await examine(ports, row);
  const verdict = verdictOn(row, findings);
  if (verdict.kind === "resolve") {
    const settled = { kind: "settle", by, why: `${verdict.because}; ${why}` } as const;
    const { applied } = await applyWrite(ports, row.failedKey, settled);
    return { kind: applied ? "resolved" : "skipped" };
  }
  if (verdict.kind === "refuse" || findings.content.kind === "malformed") return { kind: "refused", row };
  const sent = await sendAgain(ports, row, findings.content.message, { by, why });
  if (sent.kind === "changed") return { kind: "skipped" };
  return { kind: sent.kind === "sent" ? "sent" : "refused", row };
}

/** The job as saved, or `undefined` where somebody else has written it. */
async function save(ports: JobPorts, job: RedriveJob, dueAt?: number): Promise<RedriveJob | undefined> {
  const next: RedriveJob = {
    ...job,
    revision: job.revision + 1,
    writeId: ports.newId(),
    ...(dueAt === undefined ? {} : { dueAt: new Date(dueAt).toISOString() }),
  };
  return (await ports.redriveJobs.put(next, job.revision)) ? next : undefined;
}
