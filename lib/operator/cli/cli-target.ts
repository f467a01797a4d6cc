import type { EventTopic } from "../events/copy-as.ts";
import { type ApiTarget, exchangeHttp } from "../target/api-client.ts";
import { httpRequest } from "../target/route-request.ts";
import { type CommandContext, textFlag } from "./command.ts";

/**
 * Whether real customers may be affected. Only a target that identifies itself as the local emulator is none, whatever
 * its address: a tunnel to a deployment answers on loopback too.
 */
export async function isDeployment(context: CommandContext): Promise<boolean> {
  const [stage, profile, url] = ["stage", "profile", "url"].map((name) => textFlag(context, name));
  if (stage !== undefined || profile !== undefined) return true;
  // Without an address it is the emulator that was started last.
  return url !== undefined && (await readEmulator(context)) === undefined;
}

/** The description of itself that an emulator returns. */
interface EmulatorView {
  readonly functions: readonly string[];
  /** Absent for an app without order events. */
  readonly topic?: EventTopic;
  readonly endpoints?: { readonly sqs: string; readonly region: string };
}

/** Undefined for a target that does not identify itself as an emulator. */
export async function readEmulator(target: ApiTarget): Promise<EmulatorView | undefined> {
  const answer = await exchangeHttp<EmulatorView>(target, httpRequest("GET", "/_emulator"));
  return answer.isSuccess && Array.isArray(answer.body.functions) ? answer.body : undefined;
}

/** `the deployment prod (https://…)` or `the local emulator at http://…`. */
export async function describeTarget(context: CommandContext): Promise<string> {
  const stage = textFlag(context, "stage");
  if (stage !== undefined) return `the deployment ${stage} (${context.url})`;
  return `the ${(await isDeployment(context)) ? "deployment" : "local emulator"} at ${context.url}`;
}
