import { exchange } from "../target/api-client.ts";
import { type CommandContext, textFlag } from "./command.ts";

/**
 * Whether real customers may be affected. Only a target that identifies itself as the local emulator is none, whatever
 * its address: a tunnel to a deployment answers on loopback too.
 */
export async function isDeployment(context: CommandContext): Promise<boolean> {
  const [stage, profile, url] = ["stage", "profile", "url"].map((name) => textFlag(context, name));
  if (stage !== undefined || profile !== undefined) return true;
  // Without an address it is the emulator that was started last.
  return url !== undefined && !(await isEmulator(context));
}

async function isEmulator(context: CommandContext): Promise<boolean> {
  const { status, body } = await exchange(context, { path: "/_emulator" });
  return status === 200 && Array.isArray(body["functions"]);
}

/** `the deployment prod (https://…)` or `the local emulator at http://…`. */
export async function describeTarget(context: CommandContext): Promise<string> {
  const stage = textFlag(context, "stage");
  if (stage !== undefined) return `the deployment ${stage} (${context.url})`;
  return `the ${(await isDeployment(context)) ? "deployment" : "local emulator"} at ${context.url}`;
}
