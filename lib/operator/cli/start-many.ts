import {
  JOB_RATES,
  type JobAct,
  type MailDecision,
  MESSAGE_ACTS,
  type MessageAct,
} from "../../../functions/contract/failures.ts";
import type { JobPreview } from "../../../functions/contract/operator-answers.ts";
import type { FailedFilter } from "../../../functions/contract/operator-schemas.ts";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { changedBy, examined } from "../observe/job-counts.ts";
import { call } from "../target/api-client.ts";
import { type CommandContext, EXIT, type ExitCode, type Flags, UsageError, wholeNumber } from "./command.ts";
import { changeFields, dryRunText } from "./dry-run-flags.ts";
import { FILTER_FLAGS, filterOf } from "./filter-flags.ts";
import { followJob, reportJob } from "./follow-job.ts";

/** The rate of a job, and whether its end is waited for. */
export function jobFlags(act: JobAct): Flags {
  const { preset, most } = JOB_RATES[act];
  const what = act === "republish" ? "Events" : "Messages";
  const help = `${what} per second at most, 1 to ${most}; a long job rests between the runs of maintenance`;
  return {
    rate: { type: "string", default: String(preset), value: "number", help },
    "no-wait": {
      type: "boolean",
      default: false,
      help: "Start the job and print its id, without following it",
    },
  };
}

/** The flags that select the messages of a job, and those of the job. */
export function manyFlags(act: MessageAct): Flags {
  const status = MESSAGE_ACTS[act];
  return {
    ...FILTER_FLAGS,
    all: { type: "boolean", default: false, help: `All messages with status ${status}` },
    ...jobFlags(act),
  };
}

/** The argument `[failedKey]`, or the filter of a job. Throws UsageError for both and for neither. */
export function oneOrMany(
  context: CommandContext,
): { readonly key: string } | { readonly filter: FailedFilter } {
  const [key, ...others] = context.positionals;
  const filter = filterOf(context);
  const isAll = context.flags["all"] === true;
  const isFiltered = Object.keys(filter).length > 0;
  if (isAll && isFiltered) throw new UsageError("--all excludes the other flags that select messages");
  const isMany = isAll || isFiltered;
  if (key !== undefined && key !== "" && others.length === 0 && !isMany) return { key };
  if (key === undefined && isMany) return { filter };
  throw new UsageError("expected one [failedKey], or flags that select messages");
}

/** What a job acts on: the fields of the request. */
type Selection =
  | { readonly filter: FailedFilter; readonly mail?: MailDecision | undefined }
  | { readonly orders: { readonly status: OrderView["status"]; readonly olderThanSeconds: number } };

/** Tries a job, or with `--yes` starts it and follows it. */
export async function startMany(
  context: CommandContext,
  act: JobAct,
  selection: Selection,
): Promise<ExitCode> {
  const { why, dryRun } = changeFields(context);
  const ratePerSecond = wholeNumber(context.flags["rate"], "--rate", 1, JOB_RATES[act].most);
  // From the first request on: the job goes on after Ctrl-C, and its id is printed.
  const interruption = dryRun ? undefined : context.interruption();
  const body = { act, ...selection, why, dryRun, ratePerSecond };
  // It answers once the job is done, or after six seconds.
  if (!dryRun) context.progress("starting the job …");
  const answer = await call(context, "POST /jobs", { body });
  if (!dryRun) context.progress("");
  if ("dryRun" in answer) return writePreview(context, answer, selection);
  return context.flags["no-wait"] === true
    ? reportJob(context, answer)
    : followJob(context, answer, interruption);
}

function writePreview(context: CommandContext, preview: JobPreview, selection: Selection): ExitCode {
  const { act, total } = preview;
  // Repeating an act that is done succeeds; trying one on an unknown group does not.
  if (
    total === 0 &&
    "filter" in selection &&
    selection.filter.fingerprint !== undefined &&
    act !== "republish"
  ) {
    const status = MESSAGE_ACTS[act].toLowerCase();
    context.note(`no ${status} message is in this group; list the groups:  order-events failed groups`);
    if (context.json) context.write(`${JSON.stringify(preview)}\n`);
    return EXIT.failed;
  }
  const wouldChange = changedBy(preview) > 0;
  if (context.json) context.write(`${JSON.stringify(preview)}\n`);
  else context.write(previewText(preview) + dryRunText(wouldChange));
  return wouldChange || total === 0 ? EXIT.ok : EXIT.failed;
}

function previewText(preview: JobPreview): string {
  const { act, total, outcomes, isComplete } = preview;
  const lines = outcomes.map(({ outcome, count, samples }) => {
    const shown = samples.map(
      ({ id, because }) => `    ${id}${because === undefined ? "" : `: ${because}`}\n`,
    );
    return `  would ${outcome} ${count}\n${shown.join("")}`;
  });
  const more = isComplete ? "" : " or more";
  const what = act === "republish" ? "orders" : `${MESSAGE_ACTS[act].toLowerCase()} messages`;
  const looked = examined(preview);
  const head = looked < total ? `${total} ${what}; of the first ${looked}:` : `${total}${more} ${what}`;
  return `${head}\n${lines.join("")}`;
}
