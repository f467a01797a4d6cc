import type { JobAct } from "../../../functions/contract/failures.ts";
import type { JobPreview, JobView } from "../../../functions/contract/operator-answers.ts";

/** Messages or orders that the job is through with. */
export const processed = ({ done, resolved, refused, skipped }: JobView): number =>
  done + resolved + refused + skipped;

/** What a job does to one message or order that it is done with. */
export const DONE: Readonly<Record<JobAct, string>> = {
  redrive: "sent",
  discard: "discarded",
  undo: "reopened",
  republish: "published",
};

/** Whether the job rests until maintenance continues it. An older API does not report that. */
export const isResting = ({ status, isClaimed, abort }: JobView): boolean =>
  status === "RUNNING" && isClaimed === false && abort === undefined;

export const RESTS = "continues with maintenance, within a minute";

const UNCHANGED: readonly string[] = ["refuse", "skip"];

/** How many messages or orders a dry run has examined: of a large set, the first. */
export const examined = ({ outcomes }: JobPreview): number =>
  outcomes.reduce((sum, { count }) => sum + count, 0);

/** How many messages or orders of a dry run the job would change. */
export const changedBy = ({ outcomes }: JobPreview): number =>
  outcomes.reduce((sum, { outcome, count }) => (UNCHANGED.includes(outcome) ? sum : sum + count), 0);
