import type { RedriveJobView } from "../../../functions/contract/operator-answers.ts";
import { request, segment } from "../target/api-client.ts";
import {
  type Command,
  type CommandContext,
  EXIT,
  type ExitCode,
  UsageError,
  wholeNumber,
} from "./command.ts";
import {
  CONFIRM_FLAGS,
  changeFields,
  dryRunText,
  GENERATION_FLAG,
  resultExitCode,
  resultText,
} from "./dry-run-flags.ts";
import { onFailedMessage } from "./failed-key.ts";
import { FILTER_FLAGS, filterOf } from "./filter-flags.ts";
import { followJob } from "./follow-redrive.ts";

export const failedRedrive: Command = {
  name: "failed redrive",
  takes: "[failedKey]",
  summary: "Redrive one failed message, or all of a group or filter; dry run without --yes",
  flags: {
    ...CONFIRM_FLAGS,
    ...FILTER_FLAGS,
    rate: { type: "string", default: "10", value: "number", help: "Messages per second, 1 to 100" },
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
    const [key, ...others] = context.positionals;
    const filter = filterOf(context);
    const hasFilter = Object.keys(filter).length > 0;
    if (others.length > 0 || (key !== undefined) === hasFilter) {
      throw new UsageError("expected one [failedKey], or flags that select messages");
    }
    const mail = mailOf(context);
    if (key !== undefined) return redriveOne(context, key, mail);
    if (mail !== undefined) throw new UsageError("--sent and --not-sent need the [failedKey] of one mail");
    return redriveMany(context, filter);
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
    request(context, { method: "POST", path: `/failed-messages/${segment(key)}/redrive`, body }),
  );
  if (context.json) context.write(`${JSON.stringify(answer)}\n`);
  else context.write(resultText(failedKey, answer, body.dryRun));
  return resultExitCode(answer);
}

interface Tally {
  readonly count: number;
  readonly samples: readonly { failedKey: string; because?: string }[];
}

async function redriveMany(
  context: CommandContext,
  filter: Readonly<Record<string, string>>,
): Promise<ExitCode> {
  const { why, dryRun } = changeFields(context);
  const ratePerSecond = wholeNumber(context.flags["rate"], "--rate", 1, 100);
  const body = { filter, why, dryRun, ratePerSecond };
  // From the first request on: the job goes on after Ctrl-C, and its id is printed.
  const interruption = dryRun ? undefined : context.interruption();
  const answer = await request(context, { method: "POST", path: "/failed-messages/redrives", body });
  // Repeating a redrive that is done succeeds; trying one of an unknown group does not.
  if (dryRun && answer["total"] === 0 && filter["fingerprint"] !== undefined) {
    context.note("no open message is in this group; list the groups:  order-events failed groups");
    if (context.json) context.write(`${JSON.stringify(answer)}\n`);
    return EXIT.failed;
  }
  if (!dryRun) return followJob(context, answer as unknown as RedriveJobView, interruption);
  const [send, resolve, refuse] = DECISIONS.map((decision) => (answer[decision] as Tally).count);
  const wouldChange = Number(send) + Number(resolve) > 0;
  if (context.json) context.write(`${JSON.stringify(answer)}\n`);
  else context.write(previewText(answer) + dryRunText(wouldChange));
  return wouldChange || refuse === 0 ? EXIT.ok : EXIT.failed;
}

const DECISIONS = ["send", "resolve", "refuse"] as const;

function previewText(answer: Readonly<Record<string, unknown>>): string {
  const lines = DECISIONS.map((decision) => {
    const { count, samples } = answer[decision] as Tally;
    const shown = samples.map(
      ({ failedKey, because }) => `    ${failedKey}${because === undefined ? "" : `: ${because}`}\n`,
    );
    return `  would ${decision} ${count}\n${shown.join("")}`;
  });
  const more = answer["isComplete"] === false ? " or more" : "";
  return `${answer["total"]}${more} open messages\n${lines.join("")}`;
}
