import { request } from "../target/api-client.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { groupsText, readGroups } from "./failed-groups.ts";
import { exitOf, type Job, jobText, readJob } from "./follow-redrive.ts";

const SHOWN = 5;

export const failedStatus: Command = {
  name: "failed status",
  takes: "[jobId]",
  summary: "show what is left and the latest redrives, or one redrive",
  async run(context) {
    const [jobId, ...others] = context.positionals;
    if (others.length > 0) throw new UsageError("this takes at most one argument: [jobId]");
    if (jobId !== undefined) {
      const job = await readJob(context, jobId);
      context.write(context.json ? `${JSON.stringify(job)}\n` : jobText(job));
      return exitOf(job);
    }
    const groups = await readGroups(context);
    const { redrives } = (await request(context, { path: "/failed-messages/redrives" })) as unknown as {
      redrives: readonly Job[];
    };
    const latest = [...redrives].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).slice(0, SHOWN);
    if (context.json) context.write(`${JSON.stringify({ groups, redrives: latest })}\n`);
    else context.write(groupsText(groups) + latest.map(jobText).join(""));
    return groups.length > 0 ? EXIT.failed : EXIT.ok;
  },
};
