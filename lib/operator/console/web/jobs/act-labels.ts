import type { JobAct } from "../../../../../functions/contract/failures.ts";

/** The acts of operators, on buttons and in titles. */
export const ACT_LABELS = {
  redrive: "Redrive",
  discard: "Discard",
  undo: "Undo discard",
  republish: "Republish",
} as const satisfies Record<JobAct, string>;
