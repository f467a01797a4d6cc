import { type Command, EXIT, refuseArguments } from "./command.ts";
import { groupsText, readGroups } from "./failed-groups.ts";
import { readJobs } from "./job-commands.ts";
import { jobText } from "./job-text.ts";

const LATEST_JOBS = 5;

export const failedStatus: Command = {
  name: "failed status",
  takes: "",
  summary: "Show open failed messages by group and the latest jobs",
  example: "failed status",
  async run(context) {
    refuseArguments(context);
    const groups = await readGroups(context, { reports: true });
    const jobs = (await readJobs(context)).slice(0, LATEST_JOBS);
    if (context.json) context.write(`${JSON.stringify({ groups, jobs })}\n`);
    else context.write(groupsText(groups, context.columns) + jobs.map(jobText).join(""));
    return groups.length > 0 ? EXIT.failed : EXIT.ok;
  },
};
