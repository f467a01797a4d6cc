import type { MailDecision, MessageAct } from "../../../../../functions/contract/failures.ts";
import type { JobPreview, JobView } from "../../../../../functions/contract/operator-answers.ts";
import type { FailedFilter } from "../../../../../functions/contract/operator-schemas.ts";
import { count } from "../../../observe/count.ts";
import { DONE } from "../../../observe/job-counts.ts";
import { DRY_RUN } from "../../../target/dry-run.ts";
import type { SeenMessage } from "../failed/failed-api.ts";
import { call } from "../fetch-json.ts";
import type { Filter } from "../route.ts";

export const fetchJobs = () => call("GET /jobs");
export const fetchJob = (jobId: string) => call("GET /jobs/{jobId}", { jobId });
export const abortJob = (jobId: string, why: string) =>
  call("POST /jobs/{jobId}/abort", { jobId, body: { why } });

/** The messages that a job acts on. */
export type Selection = { readonly filter: Filter } | { readonly messages: readonly SeenMessage[] };

/** The act determines the status of the messages: the filter of a job has none. */
function fieldsOf(selection: Selection) {
  if ("filter" in selection) {
    const { status: _, ...filter } = selection.filter;
    // The API checks what an address holds.
    return { filter: filter as FailedFilter };
  }
  return { messages: selection.messages.map(({ failedKey, generation }) => ({ failedKey, generation })) };
}

/** An act on many messages; a redrive may have the decision on their mails. */
export interface BulkAct {
  readonly act: MessageAct;
  readonly mail?: MailDecision | undefined;
}

export async function dryRunJob(act: BulkAct, selection: Selection): Promise<JobPreview> {
  const answer = await call("POST /jobs", { body: { ...act, ...fieldsOf(selection), ...DRY_RUN } });
  if ("dryRun" in answer) return answer;
  throw new Error("the API started a job in place of a dry run");
}

export async function startJob(
  act: BulkAct,
  selection: Selection,
  job: { readonly why: string; readonly ratePerSecond: number },
): Promise<JobView> {
  const answer = await call("POST /jobs", { body: { ...act, ...fieldsOf(selection), ...job } });
  if (!("dryRun" in answer)) return answer;
  throw new Error("the API made a dry run in place of a job");
}

/** The counts that the act has, the messages that failed again aside. */
export function countsOf({ act, done, resolved, refused, skipped }: JobView): string {
  return [
    `${count(done)} ${DONE[act]}`,
    ...(act === "redrive" ? [`${count(resolved)} resolved`, `${count(refused)} refused`] : []),
    ...(act === "republish" ? [`${count(refused)} refused and parked`] : []),
    ...(skipped === 0 ? [] : [`${count(skipped)} skipped`]),
  ].join(", ");
}
