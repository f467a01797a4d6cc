import { appendFileSync } from "node:fs";
import { type Decided, denialLine, isRefusal } from "../../lib/emulator/permissions/check-permissions.ts";
import type { AllowedRequest } from "../../lib/emulator/permissions/unneeded-grants.ts";
import { DECISIONS_VARIABLE } from "./names.ts";

/** Adds each allowed request to the file of the run; does nothing in a run without one. */
export function recordAllowed({ principal, action, resource, context, decision }: Decided): void {
  const file = process.env[DECISIONS_VARIABLE];
  if (file === undefined || decision.kind !== "allowed") return;
  const request: AllowedRequest = {
    principal: principal.name,
    action,
    resource,
    ...(context === undefined ? {} : { context }),
  };
  // One write of a line: the emulators of several processes add to the file.
  appendFileSync(file, `${JSON.stringify(request)}\n`);
}

/** The same, and prints each refusal: the stacks permit all that the suite does. */
export function recordDecision(decided: Decided): void {
  recordAllowed(decided);
  if (isRefusal(decided.decision)) process.stderr.write(`${denialLine(decided)}\n`);
}
