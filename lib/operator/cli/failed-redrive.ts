import type { MailDecision } from "../../../functions/contract/failures.ts";
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
      help: "The mails with an unknown outcome were sent: resolve their messages",
    },
    "not-sent": {
      type: "boolean",
      default: false,
      help: "The mails with an unknown outcome were not sent: send them. Where that is wrong, a mail is sent twice",
    },
  },
  example: 'failed redrive --group 0123456789ab --yes --why "the bug is fixed"',
  async run(context) {
    const selected = oneOrMany(context);
    const mail = mailOf(context);
    if ("key" in selected) return redriveOne(context, selected.key, mail);
    return startMany(context, "redrive", { ...selected, mail });
  },
};

/** What the operator found out about the mails with an unknown outcome. */
function mailOf({ flags }: CommandContext): MailDecision | undefined {
  const [wasSent, wasNot] = [flags["sent"] === true, flags["not-sent"] === true];
  if (wasSent && wasNot) throw new UsageError("--sent and --not-sent exclude each other");
  if (wasSent) return "sent";
  return wasNot ? "not-sent" : undefined;
}

async function redriveOne(
  context: CommandContext,
  given: string,
  mail: MailDecision | undefined,
): Promise<ExitCode> {
  const body = { ...changeFields(context), mail };
  const { failedKey, answer } = await onFailedMessage(context, given, (key) =>
    call(context, "POST /failed-messages/{failedKey}/redrive", { failedKey: key, body }),
  );
  if (context.json) context.write(`${JSON.stringify(answer)}\n`);
  else context.write(resultText(failedKey, answer, body.dryRun));
  return resultExitCode(answer);
}
