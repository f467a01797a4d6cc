import { call } from "../target/api-client.ts";
import { type Command, type CommandContext, type ExitCode, UsageError } from "./command.ts";
import { CONFIRM_FLAGS, changeFields, GENERATION_FLAG, resultExitCode, resultText } from "./dry-run-flags.ts";
import { onFailedMessage } from "./failed-key.ts";
import { manyFlags, oneOrMany, startMany } from "./start-many.ts";

export const failedRedrive: Command = {
  name: "failed redrive",
  takes: "[failedKey]",
  summary: "Redrive one failed message, or all of a group or filter; dry run without --yes",
  flags: {
    ...CONFIRM_FLAGS,
    ...manyFlags("redrive"),
    ...GENERATION_FLAG,
    sent: {
      type: "boolean",
      default: false,
      help: "The mail with the unknown outcome was sent: resolve the message",
    },
    "not-sent": {
      type: "boolean",
      default: false,
      help: "The mail with the unknown outcome was not sent: send it",
    },
  },
  example: 'failed redrive --group 0123456789ab --yes --why "the bug is fixed"',
  async run(context) {
    const selected = oneOrMany(context);
    const mail = mailOf(context);
    if ("key" in selected) return redriveOne(context, selected.key, mail);
    if (mail !== undefined) throw new UsageError("--sent and --not-sent need the [failedKey] of one mail");
    return startMany(context, "redrive", selected);
  },
};

/** What the operator found out about a mail with an unknown outcome. */
function mailOf({ flags }: CommandContext): "sent" | "not-sent" | undefined {
  const [wasSent, wasNot] = [flags["sent"] === true, flags["not-sent"] === true];
  if (wasSent && wasNot) throw new UsageError("--sent and --not-sent exclude each other");
  if (wasSent) return "sent";
  return wasNot ? "not-sent" : undefined;
}

async function redriveOne(
  context: CommandContext,
  given: string,
  mail: "sent" | "not-sent" | undefined,
): Promise<ExitCode> {
  const body = { ...changeFields(context), mail };
  const { failedKey, answer } = await onFailedMessage(context, given, (key) =>
    call(context, "POST /failed-messages/{failedKey}/redrive", { failedKey: key, body }),
  );
  if (context.json) context.write(`${JSON.stringify(answer)}\n`);
  else context.write(resultText(failedKey, answer, body.dryRun));
  return resultExitCode(answer);
}
