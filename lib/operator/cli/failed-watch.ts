import { setTimeout as wait } from "node:timers/promises";
import { type Command, EXIT, UsageError } from "./command.ts";
import { groupsText, readGroups } from "./failed-groups.ts";
import { FILTER_FLAGS, FILTER_HELP } from "./filter-flags.ts";
import { finishJob, readJob } from "./follow-redrive.ts";

const LOOK_MS = 1_000;

export const failedWatch: Command = {
  name: "failed watch",
  takes: "[jobId]",
  summary: "follow one redrive until it ends, or what is left until nothing is",
  flags: FILTER_FLAGS,
  flagHelp: FILTER_HELP,
  async run(context) {
    const [jobId, ...others] = context.positionals;
    if (others.length > 0) throw new UsageError("this takes at most one argument: [jobId]");
    if (jobId !== undefined) return finishJob(context, await readJob(context, jobId));
    let shown = "";
    for (;;) {
      const groups = await readGroups(context);
      const text = context.json ? `${JSON.stringify(groups)}\n` : groupsText(groups);
      if (text !== shown) context.write(text);
      shown = text;
      if (groups.length === 0) return EXIT.ok;
      await wait(LOOK_MS);
    }
  },
};
