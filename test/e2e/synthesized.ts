import { synthesize } from "../../lib/local/synth.ts";
import { DEPLOYMENT_VARIABLE } from "./names.ts";
import { ROOT } from "./stage-target.ts";

/** Vitest's global set-up: the stacks are read once, before the files start their stages at the same time. */
export async function setup(): Promise<void> {
  if (process.env[DEPLOYMENT_VARIABLE] === undefined) await synthesize(ROOT);
}
