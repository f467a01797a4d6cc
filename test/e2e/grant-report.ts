import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readAssembly } from "../../lib/emulator/assembly/read-assembly.ts";
import { readModel } from "../../lib/emulator/assembly/read-model.ts";
import { synthesize } from "../../lib/emulator/order-events/synth.ts";
import { knownConditions } from "../../lib/emulator/permissions/known-conditions.ts";
import {
  type AllowedRequest,
  type Grant,
  type JudgedGrant,
  judgeGrants,
} from "../../lib/emulator/permissions/unneeded-grants.ts";
import { isKept, KEPT_GRANTS, type KeptGrant } from "./kept-grants.ts";
import { DECISIONS_FILE } from "./names.ts";

const ROOT = join(import.meta.dirname, "../..");
/** The region of the suite's emulators. */
const REGION = "eu-central-1";

/** There is no record of a run. The message has the remedy. */
export class NoDecisionsError extends Error {
  override readonly name = "NoDecisionsError";
}

export interface GrantReport {
  /** All grants of the stacks. */
  readonly count: number;
  /** Grants without which each recorded call is still allowed, and which have no reason to stay. */
  readonly unneeded: readonly Grant[];
  readonly kept: readonly { readonly reason: string; readonly grants: readonly Grant[] }[];
  /** Reasons that no grant has. */
  readonly outdated: readonly string[];
}

/** Evaluates the calls of the last run of the whole suite without each grant. Rejects with NoDecisionsError. */
export async function grantReport(): Promise<GrantReport> {
  const file = join(ROOT, DECISIONS_FILE);
  if (!existsSync(file))
    throw new NoDecisionsError(`${DECISIONS_FILE} does not exist. Run the suite first:  npm run test:e2e`);
  const lines = new Set(readFileSync(file, "utf8").trim().split("\n"));
  const requests = [...lines].map((line) => JSON.parse(line) as AllowedRequest);
  const { directory } = await synthesize(ROOT);
  const model = readModel(await readAssembly(directory), { region: REGION, sqs: "http://127.0.0.1:9" });
  const { permissions } = knownConditions(model.permissions);
  return reportOf(await judgeGrants(permissions, requests, REGION), KEPT_GRANTS);
}

export function reportOf(grants: readonly JudgedGrant[], reasons: readonly KeptGrant[]): GrantReport {
  const unneeded = grants.filter(({ neededBy }) => neededBy === undefined);
  const kept = reasons.map((each) => ({
    reason: each.reason,
    grants: unneeded.filter((grant) => isKept(each, grant)),
  }));
  return {
    count: grants.length,
    unneeded: unneeded.filter((grant) => !reasons.some((each) => isKept(each, grant))),
    kept: kept.filter((each) => each.grants.length > 0),
    outdated: kept.filter((each) => each.grants.length === 0).map(({ reason }) => reason),
  };
}

export const isComplete = ({ unneeded, outdated }: GrantReport): boolean =>
  unneeded.length === 0 && outdated.length === 0;

export function reportText({ count, unneeded, kept, outdated }: GrantReport): string {
  const line = ({ principal, action, resource }: Grant) => `  ${principal}  ${action}  ${resource}`;
  const keptCount = kept.reduce((sum, { grants }) => sum + grants.length, 0);
  return [
    `${count} grants: ${count - unneeded.length - keptCount} needed by the suite, ${keptCount} kept, ${unneeded.length} unneeded`,
    ...kept.flatMap(({ reason, grants }) => ["", `Kept: ${reason}`, ...grants.map(line)]),
    ...(unneeded.length === 0 ? [] : ["", "No call of the suite needs:", ...unneeded.map(line)]),
    ...(outdated.length === 0
      ? []
      : ["", "No grant is kept for:", ...outdated.map((reason) => `  ${reason}`)]),
    "",
  ].join("\n");
}
