import { JOB_RATES, MESSAGE_ACTS } from "../../contract/failures.ts";
import type { JobView } from "../../contract/operator-answers.ts";
import type { StartJob } from "../../contract/operator-schemas.ts";
import { Problem } from "../../middleware/problem.ts";
import { newMessageJob } from "../domain/message-job.ts";
import { pick } from "../domain/pick.ts";
import { newRepublishJob } from "../domain/republish-job.ts";
import { countMatching } from "../matching-messages.ts";
import { checkTargets } from "../operators/check-target.ts";
import type { StoredJob } from "../ports/job-store.ts";
import { type JobRequest, jobRequest } from "./job-request.ts";
import { viewOfJob } from "./read-jobs.ts";
import { type JobPorts, runJob } from "./run-jobs.ts";

/** The function has ten seconds: a small set is done by then, counting included. */
const FIRST_SLICE_MS = 6_000;

/** Starts a job. A small set is done when this resolves. Throws a Problem. */
export function startJob(ports: JobPorts) {
  return async (asked: Omit<StartJob, "dryRun">, by: string): Promise<JobView> => {
    const request = jobRequest(asked);
    const { clock } = ports;
    const startedAt = clock.now();
    const first = await newJob(ports, request, asked, by);
    if (first.total === 0 && first.act !== "republish") {
      const { jobId: _, ...nothing } = viewOfJob({ ...first, status: "DONE" }, startedAt);
      const status = MESSAGE_ACTS[first.act].toLowerCase();
      return { ...nothing, stoppedBecause: `no ${status} message matches the filter` };
    }
    const { jobId, act, total } = first;
    await ports.jobs.put(first, undefined);
    const { why, mail } = asked;
    ports.audit({ act: `${act} many`, jobId, by, why, mail, selection: selectionOf(first), total });
    try {
      const job = await runJob(ports, first, startedAt + FIRST_SLICE_MS);
      return viewOfJob(job, clock.now());
    } catch {
      // The job is stored, and maintenance continues it.
      return viewOfJob((await ports.jobs.get(jobId)) ?? first, clock.now());
    }
  };
}

/** What a job acts on, for its audit line. */
function selectionOf(job: StoredJob): string {
  if (job.act === "republish")
    return `orders ${job.orders.status} without a change since ${job.orders.before}`;
  if (job.filter === undefined) return "named messages";
  return (
    Object.entries(job.filter)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ") || "all messages"
  );
}

async function newJob(
  ports: JobPorts,
  request: JobRequest,
  { ratePerSecond = JOB_RATES[request.act].preset, why }: Pick<StartJob, "ratePerSecond" | "why">,
  by: string,
): Promise<StoredJob> {
  const { clock } = ports;
  const asked = { jobId: ports.newId(), ratePerSecond, by, why };
  if (request.act === "republish") {
    return newRepublishJob({ ...asked, orders: request.orders }, clock.now());
  }
  const { act, mail } = request;
  const onMessages = { ...asked, ...pick(request, ["act", "mail"]) };
  if ("messages" in request) {
    const { messages } = request;
    return newMessageJob({ ...onMessages, messages, total: messages.length }, clock.now());
  }
  const { filter } = request;
  if (act === "undo" && filter.job !== undefined) await requireEnded(ports, filter.job);
  const { total, consumers } = await countMatching(ports, act, filter);
  // A mail that was sent is not sent to its queue.
  if (act === "redrive" && mail !== "sent" && total !== 0) await requireTargets(ports, consumers);
  return newMessageJob({ ...onMessages, filter, ...(total === undefined ? {} : { total }) }, clock.now());
}

/** A running job discards more than its undo would find. */
async function requireEnded({ jobs }: JobPorts, jobId: string): Promise<void> {
  const job = await jobs.get(jobId);
  if (job === undefined) throw new Problem("JOB_NOT_FOUND", { detail: `Received the id ${jobId}.` });
  if (job.status !== "RUNNING") return;
  throw new Problem("JOB_STATUS", { detail: `The job ${jobId} is still running. Abort it first.` });
}

async function requireTargets(ports: JobPorts, consumers: ReadonlySet<string>): Promise<void> {
  const checkTarget = checkTargets(ports);
  for (const consumer of consumers) {
    const detail = await checkTarget(consumer);
    if (detail !== undefined) throw new Problem("REDRIVE_REFUSED", { detail });
  }
}
