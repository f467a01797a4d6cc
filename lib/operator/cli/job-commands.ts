import type { JobView } from "../../../functions/contract/operator-answers.ts";
import { processed } from "../observe/job-counts.ts";
import { call } from "../target/api-client.ts";
import { type Command, type CommandContext, EXIT, onlyArgument, refuseArguments } from "./command.ts";
import { CONFIRM_FLAGS, changeFields, dryRunText } from "./dry-run-flags.ts";
import { findJob, followJob, jobExitCode } from "./follow-job.ts";
import { table } from "./format-table.ts";
import { jobText } from "./job-text.ts";

/** The latest first. */
export async function readJobs(context: CommandContext): Promise<readonly JobView[]> {
  return (await call(context, "GET /jobs")).jobs;
}

export const jobsList: Command = {
  name: "jobs list",
  takes: "",
  summary: "List redrives, discards, undos and republishes of many, the latest first",
  example: "jobs list",
  async run(context) {
    refuseArguments(context);
    const jobs = await readJobs(context);
    const rows = jobs.map((job) => [
      job.jobId,
      job.act,
      job.status,
      `${processed(job)}${job.total === undefined ? "" : `/${job.total}`}`,
      job.startedAt,
      job.by,
      job.why,
    ]);
    const head = ["JOB", "ACT", "STATUS", "DONE", "STARTED", "BY", "WHY"];
    if (context.json) context.write(`${JSON.stringify(jobs)}\n`);
    else context.write(table(head, rows, context.columns) || "no jobs\n");
    return EXIT.ok;
  },
};

export const jobsShow: Command = {
  name: "jobs show",
  takes: "<jobId>",
  summary: "Show the progress or result of a job",
  example: "jobs show 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E",
  async run(context) {
    const job = await findJob(context, onlyArgument(context, "<jobId>"));
    context.write(context.json ? `${JSON.stringify(job)}\n` : jobText(job));
    return jobExitCode(job);
  },
};

export const jobsWatch: Command = {
  name: "jobs watch",
  takes: "<jobId>",
  summary: "Follow a job until it has ended",
  example: "jobs watch 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E",
  async run(context) {
    return followJob(context, await findJob(context, onlyArgument(context, "<jobId>")));
  },
};

export const jobsAbort: Command = {
  name: "jobs abort",
  takes: "<jobId>",
  summary: "End a running job between two messages; dry run without --yes",
  flags: CONFIRM_FLAGS,
  example: 'jobs abort 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E --yes --why "the wrong filter"',
  async run(context) {
    const given = onlyArgument(context, "<jobId>");
    const { why, dryRun } = changeFields(context);
    const found = await findJob(context, given);
    const { jobId = given } = found;
    const job = dryRun ? found : await call(context, "POST /jobs/{jobId}/abort", { jobId, body: { why } });
    const dry = dryRun ? dryRunText(job.status === "RUNNING") : "";
    context.write(context.json ? `${JSON.stringify(job)}\n` : jobText(job) + dry);
    if (!dryRun && job.status === "RUNNING") {
      context.note(
        `the job ends as soon as its function answers; follow it:  order-events jobs watch ${jobId}`,
      );
    }
    if (!dryRun && found.status !== "RUNNING") context.note("the job had ended before: nothing was aborted");
    return EXIT.ok;
  },
};
