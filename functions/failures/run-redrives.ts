import type { FailedMessage } from "./domain/failed-message.ts";
import { matches } from "./domain/failure-groups.ts";
import { decideRedrive } from "./domain/redrive-decision.ts";
import { breakerSays, counted, type Dealt, lookedAfter, type RedriveJob } from "./domain/redrive-job.ts";
import { examine } from "./load-failed-message.ts";
import type { ActPorts } from "./operator-ports.ts";
import type { Jobs } from "./ports/jobs.ts";
import { applyWrite } from "./record-failure.ts";
import { runJobs, type Work } from "./run-jobs.ts";
import { sendRedrive } from "./send-redrive.ts";

export type JobPorts = ActPorts & { readonly redriveJobs: Jobs<RedriveJob> };

const PAGE = 100;
/** Rows that are looked at whenever a running job is saved or read: as many as are sent in a second at most. */
export const LOOKS = 100;

/** Goes on with every redrive of many messages; see runJobs. */
export function runRedrives(ports: JobPorts) {
  return (deadline: number): Promise<Record<"sent" | "resolved" | "refused", number>> =>
    runJobs(redriveWork(ports), ["sent", "resolved", "refused"], deadline);
}

/** No message is sent twice, wherever a job is taken up again, because each is sent from OPEN only. */
export function redriveWork(ports: JobPorts): Work<RedriveJob, FailedMessage> {
  return {
    jobs: ports.redriveJobs,
    clock: ports.clock,
    newId: ports.newId,
    async page({ startedAt, filter, cursor: at }) {
      const from = at === undefined ? {} : { cursor: at };
      const { rows, cursor } = await ports.failedMessages.list("OPEN", {
        limit: PAGE,
        dueBefore: startedAt,
        ...from,
      });
      const items = rows.filter((row) => matches(row, filter));
      return cursor === undefined ? { items } : { items, behind: (job) => ({ ...job, cursor }) };
    },
    async deal(job, rows) {
      return counted(job, await Promise.all(rows.map((row) => deal(ports, row, job))));
    },
    lookAfter: (job, isLast) => lookAfter(ports, job, isLast ? undefined : LOOKS),
    breakerSays,
  };
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

/** Sends one message, resolves it, or leaves it; what becomes of it is in its row. */
async function deal(ports: JobPorts, row: FailedMessage, { by, why }: RedriveJob): Promise<Dealt> {
  const findings = await examine(ports, row);
  const verdict = decideRedrive(row, findings);
  if (verdict.kind === "resolve") {
    const settled = { kind: "settle", by, why: `${verdict.because}; ${why}` } as const;
    const { applied } = await applyWrite(ports, row.failedKey, settled);
    return { kind: applied ? "resolved" : "skipped" };
  }
  if (verdict.kind === "refuse" || findings.content.kind === "malformed") return { kind: "refused", row };
  const sent = await sendRedrive(ports, row, findings.content.message, { by, why });
  if (sent.kind === "changed") return { kind: "skipped" };
  return { kind: sent.kind === "sent" ? "sent" : "refused", row };
}
