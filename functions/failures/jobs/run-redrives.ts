import type { ListedMessage } from "../domain/failed-listing.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import { matches } from "../domain/failure-groups.ts";
import { decideRedrive } from "../domain/redrive-decision.ts";
import {
  type RedriveJob,
  type RedriveResult,
  recordProgress,
  redriveBreakerReason,
  updateOutcomes,
} from "../domain/redrive-job.ts";
import { gatherFindings, loadUnchanged } from "../load-failed-message.ts";
import type { ActPorts } from "../operator-ports.ts";
import type { Jobs } from "../ports/jobs.ts";
import { applyWrite } from "../record-failure.ts";
import { sendRedrive } from "../send-redrive.ts";
import { runJobs, type Work } from "./run-jobs.ts";

export type RedrivePorts = ActPorts & { readonly redriveJobs: Jobs<RedriveJob> };

/** Rows listed at once: a filter may match few of many. */
const PAGE = 500;
/** Rows read whenever a running job is saved or read: as many as it sends in a second at most. */
export const READS = 100;

/** Continues every redrive of many messages; see runJobs. */
export function runRedrives(ports: RedrivePorts) {
  return (deadline: number): Promise<Record<"sent" | "resolved" | "refused", number>> =>
    runJobs(redriveWork(ports), ["sent", "resolved", "refused"], deadline);
}

/** A job that starts again sends no message twice, because each is sent from OPEN only. */
export function redriveWork(ports: RedrivePorts): Work<RedriveJob, ListedMessage> {
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
    async process(job, listed) {
      const rows = await loadUnchanged(ports, listed);
      return recordProgress(job, await Promise.all(rows.map((row) => redriveRow(ports, row, job))));
    },
    refreshCounts: (job, isLast) => refreshCounts(ports, job, isLast ? undefined : READS),
    breakerReason: redriveBreakerReason,
  };
}

/**
 * The job with the present outcomes of its latest messages. Reads at most `most` rows, others each time, so that a
 * running job causes no burst of reads beside live traffic.
 */
export async function refreshCounts(
  ports: Pick<RedrivePorts, "failedMessages">,
  job: RedriveJob,
  most = Number.POSITIVE_INFINITY,
): Promise<RedriveJob> {
  const inFlight = job.recent.filter(({ outcome }) => outcome === "in flight");
  const from = inFlight.length > most ? (job.revision * most) % inFlight.length : 0;
  const read = [...inFlight.slice(from), ...inFlight.slice(0, from)].slice(0, most);
  const rows = await Promise.all(
    read.map(async ({ failedKey }) => [failedKey, await ports.failedMessages.get(failedKey)] as const),
  );
  return updateOutcomes(job, new Map(rows));
}

/** Sends one message, resolves it, or leaves it. */
async function redriveRow(
  ports: RedrivePorts,
  row: FailedMessage,
  { by, why }: RedriveJob,
): Promise<RedriveResult> {
  const findings = await gatherFindings(ports, row);
  const decision = decideRedrive(row, findings);
  if (decision.kind === "resolve") {
    const write = { kind: "resolve-open", by, why: `${decision.because}; ${why}` } as const;
    const { applied } = await applyWrite(ports, row.failedKey, write);
    return { kind: applied ? "resolved" : "skipped" };
  }
  if (decision.kind === "refuse" || findings.content.kind === "malformed") return { kind: "refused", row };
  const sent = await sendRedrive(ports, row, findings.content.message, { by, why });
  if (sent.kind === "changed") return { kind: "skipped" };
  return { kind: sent.kind === "sent" ? "sent" : "refused", row };
}
