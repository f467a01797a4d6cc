import { type CommandContext, textFlag } from "./command.ts";

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Whether customers may be at the other end: anything but a stage of this machine. */
export function isDeployment({ flags }: Pick<CommandContext, "flags">): boolean {
  const { stage, profile, url } = flags;
  if (typeof stage === "string" || typeof profile === "string") return true;
  return typeof url === "string" && !LOOPBACK.has(URL.parse(url)?.hostname ?? "");
}

/** `the deployment prod (https://…)`, or the address of a stage of this machine. */
export function targetText(context: CommandContext): string {
  const stage = textFlag(context, "stage");
  if (stage !== undefined) return `the deployment ${stage} (${context.url})`;
  return isDeployment(context) ? `the deployment at ${context.url}` : `the stage at ${context.url}`;
}
