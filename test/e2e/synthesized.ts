import { synthesize } from "../../lib/emulator/order-events/synth.ts";
import { ROOT } from "./emulator-target.ts";
import { DEPLOYMENT_VARIABLE } from "./names.ts";

/** Vitest's global set-up: synthesizes once, before the files start their emulators concurrently. */
export async function setup(): Promise<void> {
  if (process.env[DEPLOYMENT_VARIABLE] === undefined) await synthesize(ROOT);
}
