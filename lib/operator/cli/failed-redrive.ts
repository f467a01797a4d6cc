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
  ACT_FLAGS,
  ACT_HELP,
  actOf,
  dryText,
  exitOfOne,
  GENERATION_FLAG,
  GENERATION_HELP,
  oneText,
} from "./dry-run-flags.ts";
import { FILTER_FLAGS, FILTER_HELP, filterOf } from "./filter-flags.ts";
import { finishJob, type Job } from "./follow-redrive.ts";

export const failedRedrive: Command = {
  name: "failed redrive",
  takes: "[failedKey]",
  summary: "send one message again, or all that a group or filter takes; a dry run unless --yes",
  flags: {
    ...ACT_FLAGS,
    ...GENERATION_FLAG,
    ...FILTER_FLAGS,
    rate: { type: "string", default: "10" },
    sent: { type: "boolean", default: false },
    "not-sent": { type: "boolean", default: false },
  },
  flagHelp: [
    ...ACT_HELP,
    ...GENERATION_HELP,
    ...FILTER_HELP,
    "--rate N       messages a second, 1 to 100 (default 10)",
    "--sent         of a mail whose outcome was unknown: it went out; resolves the message",
    "--not-sent     it did not go out; sends it",
  ],
  async run(context) {
    const [key, ...others] = context.positionals;
    const filter = filterOf(context);
    const isMany = Object.keys(filter).length > 0;
    if (others.length > 0 || (key !== undefined) === isMany) {
      throw new UsageError("this takes one [failedKey], or a group or filter");
    }
    const mail = mailOf(context);
    if (key !== undefined) return one(context, key, mail);
    if (mail !== undefined)
      throw new UsageError("--sent and --not-sent are about one mail: name its [failedKey]");
    return many(context, filter);
  },
};

/** What a person found out about one mail. */
function mailOf({ flags }: CommandContext): "sent" | "not-sent" | undefined {
  const [wasSent, wasNot] = [flags["sent"] === true, flags["not-sent"] === true];
  if (wasSent && wasNot) throw new UsageError("a mail was sent or not: take one of --sent and --not-sent");
  if (wasSent) return "sent";
  return wasNot ? "not-sent" : undefined;
}

async function one(
  context: CommandContext,
  key: string,
  mail: "sent" | "not-sent" | undefined,
): Promise<ExitCode> {
  const act = actOf(context);
  const path = `/failed-messages/${segment(key)}/redrive`;
  const answer = await request(context, { method: "POST", path, body: { ...act, mail } });
  if (context.json) context.write(`${JSON.stringify(answer)}\n`);
  else context.write(oneText(key, answer, act.dryRun));
  return exitOfOne(answer);
}

interface Tally {
  readonly count: number;
  readonly samples: readonly { failedKey: string; because?: string }[];
}

async function many(context: CommandContext, filter: Readonly<Record<string, string>>): Promise<ExitCode> {
  const { why, dryRun } = actOf(context);
  const ratePerSecond = wholeNumber(context.flags["rate"], "--rate", 1, 100);
  const body = { filter, why, dryRun, ratePerSecond };
  const answer = await request(context, { method: "POST", path: "/failed-messages/redrives", body });
  if (!dryRun) return finishJob(context, answer as unknown as Job);
  const [send, resolve, refuse] = VERDICTS.map((verdict) => (answer[verdict] as Tally).count);
  const wouldAct = Number(send) + Number(resolve) > 0;
  if (context.json) context.write(`${JSON.stringify(answer)}\n`);
  else context.write(tryText(answer) + dryText(wouldAct));
  return wouldAct || refuse === 0 ? EXIT.ok : EXIT.failed;
}

const VERDICTS = ["send", "resolve", "refuse"] as const;

function tryText(answer: Readonly<Record<string, unknown>>): string {
  const lines = VERDICTS.map((verdict) => {
    const { count, samples } = answer[verdict] as Tally;
    const shown = samples.map(
      ({ failedKey, because }) => `    ${failedKey}${because === undefined ? "" : `: ${because}`}\n`,
    );
    return `  would ${verdict} ${count}\n${shown.join("")}`;
  });
  const more = answer["isComplete"] === false ? " or more" : "";
  return `${answer["total"]}${more} open messages\n${lines.join("")}`;
}
