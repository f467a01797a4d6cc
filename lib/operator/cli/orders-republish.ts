import { setTimeout as wait } from "node:timers/promises";
import { request, segment } from "../target/api-client.ts";
import {
  type Command,
  type CommandContext,
  EXIT,
  type ExitCode,
  oneOf,
  textFlag,
  UsageError,
  wholeNumber,
} from "./command.ts";
import { ACT_FLAGS, ACT_HELP, actOf, dryText } from "./dry-run-flags.ts";
import { secondsOf, TIMES } from "./duration.ts";
import { rateText, waitingText } from "./job-rate.ts";

const LOOK_MS = 500;
const STATUSES = ["PENDING", "CONFIRMED", "REJECTED", "CANCELLED"];

/** The publishing of many events, as the API shows it. */
interface Republish {
  readonly jobId: string;
  readonly status: "RUNNING" | "DONE" | "STOPPED";
  readonly published: number;
  readonly refused: number;
  readonly ratePerSecond?: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly stoppedBecause?: string;
}

export const ordersRepublish: Command = {
  name: "orders republish",
  takes: "--status S",
  summary:
    "publish the latest event of orders again, which changes nothing that is done; a dry run unless --yes",
  flags: {
    ...ACT_FLAGS,
    status: { type: "string" },
    older: { type: "string", default: "10m" },
    rate: { type: "string", default: "10" },
  },
  flagHelp: [
    ...ACT_HELP,
    `--status S     required: orders of this status, ${STATUSES.join(", ")}`,
    `--older T      without a transition for so long: ${TIMES} (default 10m, at least 1m)`,
    "--rate N       events a second, 1 to 100 (default 10)",
  ],
  async run(context) {
    if (context.positionals.length > 0) throw new UsageError("this takes flags only");
    const status = textFlag(context, "status");
    const known = STATUSES.join(", ");
    if (status === undefined) throw new UsageError(`--status is required: one of ${known}`);
    oneOf(status, "--status", STATUSES);
    const olderThanSeconds = secondsOf(textFlag(context, "older"), "--older");
    if (olderThanSeconds < 60)
      throw new UsageError("--older is at least 1m: younger events are on their way");
    const ratePerSecond = wholeNumber(context.flags["rate"], "--rate", 1, 100);
    const { why, dryRun } = actOf(context);
    const body = { status, olderThanSeconds, ratePerSecond, why, dryRun };
    const answer = await request(context, { method: "POST", path: "/republishes", body });
    if (!dryRun) return finish(context, answer as unknown as Republish);
    const wouldAct = answer["total"] !== 0;
    context.write(context.json ? `${JSON.stringify(answer)}\n` : tryText(answer) + dryText(wouldAct));
    return EXIT.ok;
  },
};

function tryText(answer: Readonly<Record<string, unknown>>): string {
  const more = answer["isComplete"] === false ? " or more" : "";
  const samples = (answer["samples"] as readonly string[]).map((id) => `  ${id}\n`);
  return `would publish ${answer["total"]}${more} events\n${samples.join("")}`;
}

async function finish(context: CommandContext, begun: Republish): Promise<ExitCode> {
  let job = begun;
  if (job.status === "RUNNING") {
    context.note(waitingText(begun, begun.published + begun.refused));
  }
  while (job.status === "RUNNING") {
    context.progress(countsText(job));
    await wait(LOOK_MS);
    job = (await request(context, {
      path: `/republishes/${segment(job.jobId)}`,
    })) as unknown as Republish;
  }
  context.progress("");
  const because = job.stoppedBecause === undefined ? "" : `: ${job.stoppedBecause}`;
  const text = `${job.jobId}  ${job.status}${because}\n  ${countsText(job)}\n`;
  context.write(context.json ? `${JSON.stringify(job)}\n` : text);
  if (job.status === "STOPPED") return EXIT.breaker;
  return job.refused > 0 ? EXIT.failed : EXIT.ok;
}

const countsText = (job: Republish): string =>
  `${job.published} published, ${job.refused} refused and parked${rateText(job, job.published + job.refused)}`;
