import { setTimeout as wait } from "node:timers/promises";
import type { RedriveJobView } from "../../../functions/contract/operator-answers.ts";
import { request, segment } from "../target/api-client.ts";
import { type CommandContext, EXIT, type ExitCode } from "./command.ts";
import { bar } from "./format-table.ts";
import { backgroundText, rateText } from "./job-rate.ts";

const POLL_MS = 500;

export async function readJob(context: CommandContext, jobId: string): Promise<RedriveJobView> {
  const path = `/failed-messages/redrives/${segment(jobId)}`;
  return (await request(context, { path })) as unknown as RedriveJobView;
}

/** Polls a job until it has ended or Ctrl-C is pressed, and writes its result so far. */
export async function followJob(
  context: CommandContext,
  started: RedriveJobView,
  interruption = context.interruption(),
): Promise<ExitCode> {
  let job = started;
  const { jobId } = started;
  if (job.status === "RUNNING" && jobId !== undefined) {
    context.note(backgroundText(started, doneOf(started), `order-events failed status ${jobId}`));
  }
  while (job.status === "RUNNING" && job.jobId !== undefined && !interruption.aborted) {
    context.progress(progressText(job));
    await wait(POLL_MS, undefined, { signal: interruption }).catch(() => {});
    job = await readJob(context, job.jobId);
  }
  context.progress("");
  context.write(context.json ? `${JSON.stringify(job)}\n` : jobText(job));
  return interruption.aborted ? EXIT.interrupted : jobExitCode(job);
}

/** 2 where the breaker stopped it, 1 while it runs or where messages were refused or failed again, else 0. */
export function jobExitCode({ status, refused, failedAgain }: RedriveJobView): ExitCode {
  if (status === "STOPPED") return EXIT.breaker;
  return status === "RUNNING" || refused + failedAgain > 0 ? EXIT.failed : EXIT.ok;
}

function progressText(job: RedriveJobView): string {
  const done = doneOf(job);
  return `${bar(done, job.total ?? done)}  ${countsText(job)}`;
}

export function jobText(job: RedriveJobView): string {
  const { jobId, status, stoppedBecause, startedAt, why } = job;
  const because = stoppedBecause === undefined ? "" : `: ${stoppedBecause}`;
  const name = jobId === undefined ? "" : `${jobId}  `;
  return `${name}${status}${because}\n  ${countsText(job)}\n  started ${startedAt}: ${why}\n`;
}

const doneOf = ({ sent, resolved, refused }: RedriveJobView): number => sent + resolved + refused;

function countsText(job: RedriveJobView): string {
  const { sent, resolved, refused, failedAgain } = job;
  return `${sent} sent, ${resolved} resolved, ${refused} refused, ${failedAgain} failed again${rateText(job, doneOf(job))}`;
}
