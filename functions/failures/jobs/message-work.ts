import type { Evidence } from "../../consumers/define-consumer.ts";
import { MESSAGE_ACTS } from "../../contract/failures.ts";
import { Problem } from "../../middleware/problem.ts";
import { matches } from "../domain/failed-listing.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import {
  type ActResult,
  type MessageJob,
  type MessageRef,
  recordProgress,
  redriveBreakerReason,
  updateOutcomes,
  withPage,
} from "../domain/message-job.ts";
import { decideRedrive } from "../domain/redrive-decision.ts";
import { gatherFindings } from "../gather-evidence.ts";
import type { ActPorts } from "../operator-ports.ts";
import { recordMailDecision, whyWithMail } from "../operators/decide-mail.ts";
import { applyWrite } from "../record-failure.ts";
import { notSentText, sendRedrive } from "../send-redrive.ts";
import type { Work } from "./run-slice.ts";

/** Rows of one page of the listing: half a second of the highest rate, and as many keys as a job may name. */
const PAGE = 500;
/** Rows read whenever a running redrive is saved or read: as many as it sends in a second at most. */
export const READS = 100;

/** Redrives, discards or reopens each message once, because each leaves the status that the act applies to. */
export function messageWork(ports: ActPorts): Work<MessageJob, MessageRef> {
  return {
    async page(job) {
      const placed = job.next.length === 0 && !job.isListed ? await nextPage(ports, job) : job;
      return { job: placed, items: placed.next, isLast: placed.isListed };
    },
    async process(job, messages) {
      const rows = await ports.failedMessages.getMany(messages.map(({ failedKey }) => failedKey));
      const act = job.act === "redrive" ? redrive(ports, job) : change(ports, job, job.act);
      return recordProgress(
        job,
        await Promise.all(
          messages.map(async (message) => ({ message, ...(await actOn(job, message, rows, act)) })),
        ),
      );
    },
    refreshCounts: (job, isLast) => refreshCounts(ports, job, isLast ? undefined : READS),
    breakerReason: redriveBreakerReason,
  };
}

async function nextPage({ failedMessages }: ActPorts, job: MessageJob): Promise<MessageJob> {
  const { act, filter = {}, startedAt, cursor: from } = job;
  const { rows, cursor } = await failedMessages.list(MESSAGE_ACTS[act], {
    limit: PAGE,
    dueBefore: startedAt,
    ...(from === undefined ? {} : { cursor: from }),
  });
  return withPage(
    job,
    rows.filter((row) => matches(row, filter)),
    cursor,
  );
}

/**
 * The job with the present outcomes of its latest messages. Reads at most `most` rows, others each time, so that a
 * running job causes no burst of reads beside live traffic.
 */
export async function refreshCounts(
  ports: Pick<ActPorts, "failedMessages">,
  job: MessageJob,
  most = Number.POSITIVE_INFINITY,
): Promise<MessageJob> {
  const inFlight = job.recent.filter(({ outcome }) => outcome === "in flight");
  const from = inFlight.length > most ? (job.revision * most) % inFlight.length : 0;
  const read = [...inFlight.slice(from), ...inFlight.slice(0, from)].slice(0, most);
  const rows = await Promise.all(
    read.map(async ({ failedKey }) => [failedKey, await ports.failedMessages.get(failedKey)] as const),
  );
  return updateOutcomes(job, new Map(rows));
}

type Rows = ReadonlyMap<string, FailedMessage>;
/** Acts on a message of the generation that the job listed. */
type Act = (row: FailedMessage) => Promise<ActResult>;

const SKIPPED: ActResult = { kind: "skipped" };
const refused = (because: string): ActResult => ({ kind: "refused", because });

/** A message that the job acted on before its function died is counted, and left. */
async function actOn(
  { jobId, act: kind }: MessageJob,
  { failedKey, generation }: MessageRef,
  rows: Rows,
  act: Act,
): Promise<ActResult> {
  const row = rows.get(failedKey);
  const own = row?.history.find((entry) => entry.jobId === jobId);
  const isAsListed = row?.generation === generation;
  if (own === undefined) return isAsListed ? act(row) : SKIPPED;
  // It was listed after the act, which ends the status that it has again.
  if (isAsListed && row?.status === MESSAGE_ACTS[kind]) return { kind: "counted" };
  return { kind: own.act === "resolve" ? "resolved" : "done" };
}

/** Discards a message, or reopens a discarded one. */
function change(ports: ActPorts, { jobId, by, why }: MessageJob, kind: "discard" | "undo"): Act {
  return async (row) => {
    const { failedKey, generation } = row;
    const write = { kind, generation, by, why, jobId } as const;
    const { applied, row: after } = await applyWrite(ports, failedKey, write, undefined, row);
    if (!applied) return SKIPPED;
    ports.audit({ act: kind, failedKey, jobId, by, outcome: after?.status });
    return { kind: "done" };
  };
}

/** Sends a message, resolves it, or leaves it. */
function redrive(ports: ActPorts, { jobId, by, why, mail }: MessageJob): Act {
  /** Stores the decision. Returns what becomes of a message whose mail it does not hold for. */
  const decideMail = async (row: FailedMessage, evidence: Evidence) => {
    try {
      await recordMailDecision(ports, row, evidence, mail, { by, jobId });
      return undefined;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return error.code === "FAILED_MESSAGE_CHANGED" ? SKIPPED : refused(error.message);
    }
  };
  return async (row) => {
    const { failedKey, status } = row;
    if (status !== "OPEN") return SKIPPED;
    const findings = await gatherFindings(ports, row);
    const decision = decideRedrive(row, findings, mail);
    if (decision.kind === "refuse") return refused(decision.whyNot);
    const undecided = await decideMail(row, findings.evidence);
    if (undecided !== undefined) return undecided;
    if (decision.kind === "resolve") {
      const write = { kind: "resolve-open", by, why: `${decision.because}; ${why}`, jobId } as const;
      const { applied } = await applyWrite(ports, failedKey, write);
      if (!applied) return SKIPPED;
      ports.audit({ act: "redrive", failedKey, jobId, by, outcome: "resolved" });
      return { kind: "resolved" };
    }
    if (findings.content.kind === "malformed") return refused(findings.content.detail);
    const actor = { by, why: whyWithMail(why, mail), jobId };
    const sent = await sendRedrive(ports, row, findings.content.message, actor);
    if (sent.kind === "changed") return SKIPPED;
    return sent.kind === "sent" ? { kind: "done" } : refused(notSentText(sent));
  };
}
