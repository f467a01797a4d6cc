import { type Command, EXIT, UsageError } from "./command.ts";
import { switchFaults } from "./fault-text.ts";

export const mend: Command = {
  name: "mend",
  takes: "[target]",
  summary: "mend what was broken; everything without a target, or with all",
  async run(context) {
    const [target = "all", ...others] = context.positionals;
    if (others.length > 0) throw new UsageError("this takes at most one argument: [target]");
    await switchFaults(context, { mend: target });
    return EXIT.ok;
  },
};
