import { setTimeout as wait } from "node:timers/promises";
import { type Command, EXIT, refuseArguments } from "./command.ts";
import { groupsText, readGroups } from "./failed-groups.ts";
import { FILTER_FLAGS } from "./filter-flags.ts";

const POLL_MS = 1_000;

export const failedWatch: Command = {
  name: "failed watch",
  takes: "",
  summary: "Follow open failed messages until none is left",
  flags: FILTER_FLAGS,
  example: "failed watch --group 0123456789ab",
  async run(context) {
    refuseArguments(context);
    let shown = "";
    for (;;) {
      const groups = await readGroups(context);
      const text = context.json ? `${JSON.stringify(groups)}\n` : groupsText(groups, context.columns);
      if (text !== shown) context.write(text);
      shown = text;
      if (groups.length === 0) return EXIT.ok;
      await wait(POLL_MS);
    }
  },
};
