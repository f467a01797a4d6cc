import type { RedriveJobView } from "../../../functions/contract/operator-answers.ts";
import { request } from "../target/api-client.ts";
import { type Command, EXIT, optionalArgument } from "./command.ts";
import { groupsText, readGroups } from "./failed-groups.ts";
import { jobExitCode, jobText, readJob } from "./follow-redrive.ts";

const LATEST_REDRIVES = 5;

export const failedStatus: Command = {
  name: "failed status",
  takes: "[jobId]",
  summary: "Show open failed messages by group and the latest redrives, or one redrive",
  example: "failed status",
  async run(context) {
    const jobId = optionalArgument(context, "[jobId]");
    if (jobId !== undefined) {
      const job = await readJob(context, jobId);
      context.write(context.json ? `${JSON.stringify(job)}\n` : jobText(job));
      return jobExitCode(job);
    }
    const groups = await readGroups(context, { reports: true });
    const { redrives } = (await request(context, { path: "/failed-messages/redrives" })) as unknown as {
      redrives: readonly RedriveJobView[];
    };
    const latest = [...redrives]
      .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
      .slice(0, LATEST_REDRIVES);
    if (context.json) context.write(`${JSON.stringify({ groups, redrives: latest })}\n`);
    else context.write(groupsText(groups, context.columns) + latest.map(jobText).join(""));
    return groups.length > 0 ? EXIT.failed : EXIT.ok;
  },
};
