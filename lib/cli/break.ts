import { type Command, type CommandContext, EXIT, onlyArgument, textFlag, UsageError } from "./command.ts";
import { secondsOf } from "./duration.ts";
import { switchFaults } from "./fault-text.ts";

export const breakCommand: Command = {
  name: "break",
  takes: "<target>",
  summary: "break something of the stage: function:<name>, table:<name>, mail, conflicts or kafka",
  flags: { rate: { type: "string", default: "1" }, for: { type: "string", default: "60s" } },
  flagHelp: [
    "--rate R       share of calls that fail, above 0 up to 1 (default 1)",
    "--for T        how long: 30s, 5m, 1h (default 60s)",
  ],
  async run(context) {
    await switchFaults(context, {
      break: onlyArgument(context, "<target>"),
      rate: rateOf(context),
      forSeconds: secondsOf(textFlag(context, "for"), "--for"),
    });
    return EXIT.ok;
  },
};

function rateOf(context: CommandContext): number {
  const rate = Number(textFlag(context, "rate"));
  if (rate > 0 && rate <= 1) return rate;
  throw new UsageError(`--rate is above 0 and at most 1; received ${context.flags["rate"]}`);
}
