import type { MessageAct } from "../../../../../functions/contract/failures.ts";
import type { JobList, JobPreview, JobView } from "../../../../../functions/contract/operator-answers.ts";
import { DONE } from "../../../observe/job-counts.ts";
import { DRY, type SeenMessage } from "../failed/failed-api.ts";
import { get, post, segment } from "../fetch-json.ts";
import { count } from "../format.ts";
import type { Filter } from "../route.ts";

export const fetchJobs = () => get<JobList>("/jobs");
export const fetchJob = (jobId: string) => get<JobView>(`/jobs/${segment(jobId)}`);
export const abortJob = (jobId: string, why: string) =>
  post<JobView>(`/jobs/${segment(jobId)}/abort`, { why });

/** The messages that a job acts on. */
export type Selection = { readonly filter: Filter } | { readonly messages: readonly SeenMessage[] };

/** The act determines the status of the messages: the filter of a job has none. */
function fieldsOf(selection: Selection) {
  if ("filter" in selection) {
    const { status: _, ...filter } = selection.filter;
    return { filter };
  }
  return { messages: selection.messages.map(({ failedKey, generation }) => ({ failedKey, generation })) };
}

export const dryRunJob = (act: MessageAct, selection: Selection) =>
  post<JobPreview>("/jobs", { act, ...fieldsOf(selection), ...DRY });
export const startJob = (act: MessageAct, selection: Selection, why: string, ratePerSecond: number) =>
  post<JobView>("/jobs", { act, ...fieldsOf(selection), why, ratePerSecond });

/** The counts that the act has, the messages that failed again aside. */
export function countsOf({ act, done, resolved, refused, skipped }: JobView): string {
  return [
    `${count(done)} ${DONE[act]}`,
    ...(act === "redrive" ? [`${count(resolved)} resolved`, `${count(refused)} refused`] : []),
    ...(act === "republish" ? [`${count(refused)} refused and parked`] : []),
    ...(skipped === 0 ? [] : [`${count(skipped)} skipped`]),
  ].join(", ");
}
