import { setTimeout as wait } from "node:timers/promises";
import { STATUSES } from "../../../functions/contract/order-status.ts";
import { request, segment } from "../target/api-client.ts";
import {
  type Command,
  type CommandContext,
  EXIT,
  type ExitCode,
  oneOf,
  refuseArguments,
  textFlag,
  UsageError,
  wholeNumber,
} from "./command.ts";
import { CONFIRM_FLAGS, changeFields, dryRunText } from "./dry-run-flags.ts";
import { DURATION_EXAMPLES, durationSeconds } from "./duration.ts";
import { backgroundText, rateText } from "./job-rate.ts";

const POLL_MS = 500;

/** A republish of many events, as the API returns it. */
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
  takes: "--status <status>",
  summary: "Republish the latest event of orders with a status; dry run without --yes",
  flags: {
    status: {
      type: "string",
      value: "status",
      help: `Status of the orders, one of ${STATUSES.join(", ")}; required`,
    },
    older: {
      type: "string",
      default: "10m",
      value: "duration",
      help: `Minimum time since the last transition: ${DURATION_EXAMPLES}, at least 1m`,
    },
    rate: { type: "string", default: "10", value: "number", help: "Events per second, 1 to 100" },
    ...CONFIRM_FLAGS,
  },
  example: 'orders republish --status PENDING --older 1h --yes --why "a subscription was missing"',
  async run(context) {
    refuseArguments(context);
    const status = textFlag(context, "status");
    const known = STATUSES.join(", ");
    if (status === undefined) throw new UsageError(`--status is required: one of ${known}`);
    oneOf(status, "--status", STATUSES);
    const olderThanSeconds = durationSeconds(textFlag(context, "older"), "--older");
    if (olderThanSeconds < 60)
      throw new UsageError("--older must be at least 1m: younger events may still be in flight");
    const ratePerSecond = wholeNumber(context.flags["rate"], "--rate", 1, 100);
    const { why, dryRun } = changeFields(context);
    const body = { status, olderThanSeconds, ratePerSecond, why, dryRun };
    const answer = await request(context, { method: "POST", path: "/republishes", body });
    if (!dryRun) return followRepublish(context, answer as unknown as Republish);
    const wouldChange = answer["total"] !== 0;
    context.write(
      context.json ? `${JSON.stringify(answer)}\n` : previewText(answer) + dryRunText(wouldChange),
    );
    return EXIT.ok;
  },
};

function previewText(answer: Readonly<Record<string, unknown>>): string {
  const more = answer["isComplete"] === false ? " or more" : "";
  const samples = (answer["samples"] as readonly string[]).map((id) => `  ${id}\n`);
  return `would publish ${answer["total"]}${more} events\n${samples.join("")}`;
}

async function followRepublish(context: CommandContext, started: Republish): Promise<ExitCode> {
  let job = started;
  if (job.status === "RUNNING") {
    context.note(backgroundText(started, started.published + started.refused));
  }
  while (job.status === "RUNNING") {
    context.progress(countsText(job));
    await wait(POLL_MS);
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
