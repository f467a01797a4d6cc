import { setTimeout as wait } from "node:timers/promises";
import type { JobView } from "../../../functions/contract/operator-answers.ts";
import { isResting, processed } from "../observe/job-counts.ts";
import { call } from "../target/api-client.ts";
import { type CommandContext, EXIT, type ExitCode } from "./command.ts";
import { bar } from "./format-table.ts";
import { backgroundText, countsText, jobText } from "./job-text.ts";
import { onBeginning } from "./on-beginning.ts";

const POLL_MS = 500;

/** A job by its id, or by the beginning of an id that no other job has. */
export async function findJob(context: CommandContext, given: string): Promise<JobView> {
  const { answer } = await onBeginning(context, given, {
    what: "jobs",
    act: (jobId) => readJob(context, jobId),
    async keysWith(beginning) {
      const { jobs } = await call(context, "GET /jobs");
      return jobs.flatMap(({ jobId }) => (jobId?.startsWith(beginning) === true ? [jobId] : []));
    },
  });
  return answer;
}

const readJob = (context: CommandContext, jobId: string): Promise<JobView> =>
  call(context, "GET /jobs/{jobId}", { jobId });

/** Writes a job that was started. Exit code 0 while it runs: its start was asked for. */
export function reportJob(context: CommandContext, job: JobView): ExitCode {
  context.write(context.json ? `${JSON.stringify(job)}\n` : jobText(job));
  noteSent(context, job);
  if (job.status !== "RUNNING") return jobExitCode(job);
  context.note(backgroundText(job));
  return EXIT.ok;
}

/** Polls a job until it has ended or Ctrl-C is pressed, and writes its result so far. */
export async function followJob(
  context: CommandContext,
  started: JobView,
  interruption = context.interruption(),
): Promise<ExitCode> {
  let job = started;
  let restsSince: number | undefined;
  if (job.status === "RUNNING") context.note(backgroundText(job));
  while (job.status === "RUNNING" && job.jobId !== undefined && !interruption.aborted) {
    restsSince = isResting(job) ? (restsSince ?? performance.now()) : undefined;
    const waited =
      restsSince === undefined ? "" : ` (${Math.round((performance.now() - restsSince) / 1_000)} s so far)`;
    context.progress(`${progressText(job)}${waited}`);
    await wait(POLL_MS, undefined, { signal: interruption }).catch(() => {});
    job = await readJob(context, job.jobId);
  }
  context.progress("");
  context.write(context.json ? `${JSON.stringify(job)}\n` : jobText(job));
  noteSent(context, job);
  if (job.status === "RUNNING") {
    context.note(`the job continues; to end it:  order-events jobs abort ${job.jobId} --yes --why <reason>`);
  }
  if (job.act === "discard" && job.status !== "RUNNING" && job.done > 0) {
    context.note(`to undo it:  order-events failed undo --job ${job.jobId} --yes --why <reason>`);
  }
  return interruption.aborted ? EXIT.interrupted : jobExitCode(job);
}

/** What was sent has its outcome later than the job ends. */
function noteSent(context: CommandContext, { act, status, done, jobId }: JobView): void {
  if (act !== "redrive" || status === "RUNNING" || done === 0) return;
  context.note(
    `messages that were sent may still fail again; see how many did:  order-events jobs show ${jobId}`,
  );
}

/**
 * 2 where the breaker or an operator ended it, 1 while it runs or where messages were refused or failed again, else 0.
 */
export function jobExitCode({ status, refused, failedAgain }: JobView): ExitCode {
  if (status === "STOPPED" || status === "ABORTED") return EXIT.breaker;
  return status === "RUNNING" || refused + failedAgain > 0 ? EXIT.failed : EXIT.ok;
}

/** Without a bar where the total is unknown. */
function progressText(job: JobView): string {
  const counts = countsText(job);
  return job.total === undefined ? counts : `${bar(processed(job), job.total)}  ${counts}`;
}
