import type { JobView } from "../../../functions/contract/operator-answers.ts";
import { printableLine } from "../../terminal-text.ts";
import { DONE, isResting, processed, RESTS } from "../observe/job-counts.ts";
import { filterText } from "./filter-flags.ts";

/** A job as several lines. */
export function jobText(job: JobView): string {
  const { jobId, act, status, stoppedBecause, abort, startedAt, by, why, refusals = [] } = job;
  const name = jobId === undefined ? "" : `${jobId}  `;
  const because = stoppedBecause === undefined ? "" : `: ${stoppedBecause}`;
  const aborted = abort === undefined ? "" : ` by ${abort.by} at ${abort.at}: ${abort.why}`;
  return [
    `${name}${act}${mailsText(job)} ${status}${because}${aborted}`,
    `  ${countsText(job)}`,
    ...refusals.map(({ because, count }) => `    ${count} refused: ${printableLine(because)}`),
    ...selection(job),
    `  started ${startedAt} by ${by}: ${why}`,
    ...continuation(job),
    "",
  ].join("\n");
}

/** What the job was started for, as `--group 5429eb6259e2, 112 in all`; nothing where neither is known. */
function selection({ filter, orders, total }: JobView): readonly string[] {
  const which =
    filter === undefined
      ? orders && `orders ${orders.status} without a change since ${orders.before}`
      : filterText(filter);
  const parts = [which, total === undefined ? undefined : `${total} in all`];
  const text = parts.filter((part) => part !== undefined).join(", ");
  return text === "" ? [] : [`  of ${text}`];
}

/** How to act on what a job of a filter left: the same act with the same decision on its mails. */
function continuation({ act, filter, mail, status }: JobView): readonly string[] {
  if (filter === undefined || (status !== "ABORTED" && status !== "STOPPED")) return [];
  const decided = mail === undefined ? "" : ` --${mail}`;
  const when = status === "STOPPED" ? "to continue once the cause is gone" : "to continue";
  return [`  ${when}:  order-events failed ${act} ${filterText(filter)}${decided}`];
}

/** ` (mails: not-sent)`, of a redrive with a decision on its mails. */
const mailsText = ({ mail }: JobView): string => (mail === undefined ? "" : ` (mails: ${mail})`);

export function countsText(job: JobView): string {
  const { act, done, resolved, refused, skipped, failedAgain } = job;
  const counts = [
    `${done} ${DONE[act]}`,
    ...(act === "redrive"
      ? [`${resolved} resolved`, `${refused} refused`, `${failedAgain} failed again`]
      : []),
    ...(act === "republish" ? [`${refused} refused and parked`] : []),
    ...(skipped === 0 ? [] : [`${skipped} skipped, because another act was first`]),
  ];
  return `${counts.join(", ")}${rateText(job)}`;
}

/** `; 8.3/s of at most 10/s`, pauses included, of a job that has ended: before, the rate falls with each pause. */
function rateText(job: JobView): string {
  const { status, ratePerSecond, startedAt, endedAt } = job;
  if (isResting(job)) return `; ${RESTS}`;
  if (endedAt === undefined) return status === "RUNNING" ? `; at most ${ratePerSecond}/s` : "";
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000;
  return seconds < 1 ? "" : `; ${(processed(job) / seconds).toFixed(1)}/s of at most ${ratePerSecond}/s`;
}

/** The note for a job that is still running when the API responds. */
export function backgroundText(job: JobView): string {
  const of = job.total === undefined ? "" : ` of ${job.total}`;
  return `${processed(job)}${of} done. Maintenance continues the job each minute, also after this command has ended. Check it with:  order-events jobs show ${job.jobId}`;
}
