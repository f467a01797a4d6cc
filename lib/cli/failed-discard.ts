import { request, segment } from "./api-client.ts";
import { type Command, EXIT, onlyArgument } from "./command.ts";
import { ACT_FLAGS, ACT_HELP, actOf, GENERATION_FLAG, GENERATION_HELP, NOT_YET } from "./failed-act.ts";

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
      const left = (answer["leavesBehind"] as readonly string[]).map((each) => `  ${each}\n`);
      const said = left.length === 0 ? ["  nothing stays undone\n"] : left;
      context.write(`${key}  ${answer["status"]}\n${said.join("")}${act.dryRun ? NOT_YET : ""}`);
    }
    return act.dryRun ? EXIT.failed : EXIT.ok;
  },
};

export const failedUndo: Command = {
  name: "failed undo",
  takes: "<failedKey>",
  summary: "open a message that was discarded",
  flags: { why: { type: "string", default: "the discard was a mistake" } },
  flagHelp: ["--why W        goes into the history of the message"],
  async run(context) {
    const key = onlyArgument(context, "<failedKey>");
    const path = `/failed-messages/${segment(key)}/undo`;
    const answer = await request(context, { method: "POST", path, body: { why: context.flags["why"] } });
    context.write(
      context.json
        ? `${JSON.stringify(answer)}\n`
        : `${key}  ${answer["status"]} (generation ${answer["generation"]})\n`,
    );
    return EXIT.ok;
  },
};
