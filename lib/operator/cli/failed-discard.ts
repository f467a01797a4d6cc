import { printableLine } from "../../terminal-text.ts";
import { call } from "../target/api-client.ts";
import { type Command, EXIT } from "./command.ts";
import { CONFIRM_FLAGS, changeFields, dryRunText, GENERATION_FLAG } from "./dry-run-flags.ts";
import { onFailedMessage } from "./failed-key.ts";
import { manyFlags, oneOrMany, startMany } from "./start-many.ts";

export const failedDiscard: Command = {
  name: "failed discard",
  takes: "[failedKey]",
  summary:
    "Discard one failed message, or all of a group or filter, and list what stays undone; dry run without --yes",
  flags: { ...CONFIRM_FLAGS, ...manyFlags("discard"), ...GENERATION_FLAG },
  example: 'failed discard order-created~01J9ZQ3V5W8X2Y4Z6A7B8C9D0E:1:order.created --yes --why "test order"',
  async run(context) {
    const selected = oneOrMany(context);
    if ("filter" in selected) return startMany(context, "discard", selected);
    const change = changeFields(context);
    const { failedKey, answer } = await onFailedMessage(context, selected.key, (key) =>
      call(context, "POST /failed-messages/{failedKey}/discard", { failedKey: key, body: change }),
    );
    if (context.json) context.write(`${JSON.stringify(answer)}\n`);
    else {
      const { status, generation, discardedBefore } = answer;
      const left = answer.consequences.map((each) => `  ${each}\n`);
      const consequences = left.length === 0 ? ["  nothing stays undone\n"] : left;
      const before =
        discardedBefore === undefined
          ? ""
          : printableLine(`, discarded before by ${discardedBefore.by} at ${discardedBefore.at}`);
      const dry = change.dryRun ? dryRunText(status === "OPEN") : "";
      context.write(
        `${printableLine(failedKey)}  ${status} (generation ${generation}${before})\n${consequences.join("")}${dry}`,
      );
    }
    return EXIT.ok;
  },
};

export const failedUndo: Command = {
  name: "failed undo",
  takes: "[failedKey]",
  summary: "Reopen one discarded message, or all of a job, group or filter; dry run without --yes",
  flags: { ...CONFIRM_FLAGS, ...manyFlags("undo"), ...GENERATION_FLAG },
  example: 'failed undo --job 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E --yes --why "discarded by mistake"',
  async run(context) {
    const selected = oneOrMany(context);
    if ("filter" in selected) return startMany(context, "undo", selected);
    const change = changeFields(context);
    const { failedKey, answer } = await onFailedMessage(context, selected.key, (key) =>
      call(context, "POST /failed-messages/{failedKey}/undo", { failedKey: key, body: change }),
    );
    const { status, generation } = answer;
    const text = change.dryRun
      ? `would open (generation ${generation})\n${dryRunText(true)}`
      : `${status} (generation ${generation})\n`;
    context.write(context.json ? `${JSON.stringify(answer)}\n` : `${printableLine(failedKey)}  ${text}`);
    return EXIT.ok;
  },
};
