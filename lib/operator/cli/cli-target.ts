import { exchange } from "../target/api-client.ts";
import { type CommandContext, textFlag } from "./command.ts";

/**
 * Whether customers may be at the other end. An emulator on this machine says that it is one; anything else is taken for
 * a deployment, whatever its address: a tunnel or an emulator answers on loopback, too.
 */
export async function isDeployment(context: CommandContext): Promise<boolean> {
  const [stage, profile, url] = ["stage", "profile", "url"].map((name) => textFlag(context, name));
  if (stage !== undefined || profile !== undefined) return true;
  // Without an address it is the stage that was started last.
  return url !== undefined && !(await isEmulator(context));
}

async function isEmulator(context: CommandContext): Promise<boolean> {
  const { status, body } = await exchange(context, { path: "/_emulator" });
  return status === 200 && Array.isArray(body["functions"]);
}

/** `the deployment prod (https://…)`, or the address of an emulator on this machine. */
export async function targetText(context: CommandContext): Promise<string> {
  const stage = textFlag(context, "stage");
  if (stage !== undefined) return `the deployment ${stage} (${context.url})`;
  return `the ${(await isDeployment(context)) ? "deployment" : "stage"} at ${context.url}`;
}
