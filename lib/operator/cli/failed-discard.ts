import { request, segment } from "../target/api-client.ts";
import { type Command, EXIT, onlyArgument } from "./command.ts";
import { ACT_FLAGS, ACT_HELP, actOf, dryText, GENERATION_FLAG, GENERATION_HELP } from "./dry-run-flags.ts";

export const failedDiscard: Command = {
  name: "failed discard",
  takes: "<failedKey>",
  summary: "put a message aside for good, and say what stays undone; a dry run unless --yes",
  flags: { ...ACT_FLAGS, ...GENERATION_FLAG },
  flagHelp: [...ACT_HELP, ...GENERATION_HELP],
  async run(context) {
    const key = onlyArgument(context, "<failedKey>");
    const act = actOf(context);
    const path = `/failed-messages/${segment(key)}/discard`;
    const answer = await request(context, { method: "POST", path, body: act });
    if (context.json) context.write(`${JSON.stringify(answer)}\n`);
    else {
      const left = (answer["consequences"] as readonly string[]).map((each) => `  ${each}\n`);
      const said = left.length === 0 ? ["  nothing stays undone\n"] : left;
      const dry = act.dryRun ? dryText(answer["status"] === "OPEN") : "";
      context.write(
        `${key}  ${answer["status"]} (generation ${answer["generation"]})\n${said.join("")}${dry}`,
      );
    }
    return EXIT.ok;
  },
};

export const failedUndo: Command = {
  name: "failed undo",
  takes: "<failedKey>",
  summary: "open a message that was discarded; a dry run unless --yes",
  flags: { ...ACT_FLAGS, ...GENERATION_FLAG },
  flagHelp: [...ACT_HELP, ...GENERATION_HELP],
  async run(context) {
    const key = onlyArgument(context, "<failedKey>");
    const act = actOf(context);
    const path = `/failed-messages/${segment(key)}/undo`;
    const answer = await request(context, { method: "POST", path, body: act });
    const { status, generation } = answer;
    const text = act.dryRun
      ? `would open (generation ${generation})\n${dryText(true)}`
      : `${status} (generation ${generation})\n`;
    context.write(context.json ? `${JSON.stringify(answer)}\n` : `${key}  ${text}`);
    return EXIT.ok;
  },
};
