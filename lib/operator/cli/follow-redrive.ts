import { setTimeout as wait } from "node:timers/promises";
import { request, segment } from "../target/api-client.ts";
import { type CommandContext, EXIT, type ExitCode } from "./command.ts";
import { bar } from "./format-table.ts";
import { backgroundText, rateText } from "./job-rate.ts";

/** A redrive of many messages, as the API returns it. */
export interface Job {
  readonly jobId?: string;
  readonly status: "RUNNING" | "DONE" | "STOPPED";
  readonly total?: number;
  readonly sent: number;
  readonly resolved: number;
  readonly refused: number;
  readonly failedAgain: number;
  readonly ratePerSecond?: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly why: string;
  readonly stoppedBecause?: string;
}

const POLL_MS = 500;

export async function readJob(context: CommandContext, jobId: string): Promise<Job> {
  const path = `/failed-messages/redrives/${segment(jobId)}`;
  return (await request(context, { path })) as unknown as Job;
}

/** Polls a job until it has ended or Ctrl-C is pressed, and writes its result so far. */
export async function followJob(context: CommandContext, started: Job): Promise<ExitCode> {
  let job = started;
  const { jobId } = started;
  if (job.status === "RUNNING" && jobId !== undefined) {
    context.note(backgroundText(started, doneOf(started), `order-events failed status ${jobId}`));
  }
  const interruption = context.interruption();
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
export function jobExitCode({ status, refused, failedAgain }: Job): ExitCode {
  if (status === "STOPPED") return EXIT.breaker;
  return status === "RUNNING" || refused + failedAgain > 0 ? EXIT.failed : EXIT.ok;
}

function progressText(job: Job): string {
  const done = doneOf(job);
  return `${bar(done, job.total ?? done)}  ${countsText(job)}`;
}

export function jobText(job: Job): string {
  const { jobId, status, stoppedBecause, startedAt, why } = job;
  const because = stoppedBecause === undefined ? "" : `: ${stoppedBecause}`;
  const name = jobId === undefined ? "" : `${jobId}  `;
  return `${name}${status}${because}\n  ${countsText(job)}\n  started ${startedAt}: ${why}\n`;
}

const doneOf = ({ sent, resolved, refused }: Job): number => sent + resolved + refused;

function countsText(job: Job): string {
  const { sent, resolved, refused, failedAgain } = job;
  return `${sent} sent, ${resolved} resolved, ${refused} refused, ${failedAgain} failed again${rateText(job, doneOf(job))}`;
}
