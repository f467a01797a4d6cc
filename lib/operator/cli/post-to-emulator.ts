import { bodyOf, exchangeHttp } from "../target/api-client.ts";
import { requireRole } from "../target/role-access.ts";
import { httpRequest } from "../target/route-request.ts";
import { isDeployment } from "./cli-target.ts";
import { type CommandContext, textFlag, UsageError } from "./command.ts";

/** A deployment has no faults of the emulator. */
export const NOT_IN_DEPLOYMENT = "a deployment cannot be broken or mended";

/** Rejects with UsageError for a deployment. */
export async function requireEmulator(context: CommandContext): Promise<void> {
  if (await isDeployment(context)) throw new UsageError(`${NOT_IN_DEPLOYMENT}, only the local emulator`);
}

/** Rejects with UsageError for a deployment, and where the emulator refuses the body; with RequestError for a reader. */
export async function postToEmulator<Answer>(
  context: CommandContext,
  path: string,
  body: object,
): Promise<Answer> {
  await requireEmulator(context);
  requireRole(textFlag(context, "role"), "operator");
  const answer = await exchangeHttp<Answer>(context, httpRequest("POST", path, body));
  if (!answer.isSuccess && answer.status === 400) throw new UsageError(String(answer.body["detail"]));
  return bodyOf(answer);
}
