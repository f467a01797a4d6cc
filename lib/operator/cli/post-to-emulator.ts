import { type ApiAnswer, exchange, problemText } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import { requireRole } from "../target/role-access.ts";
import { isDeployment } from "./cli-target.ts";
import { type CommandContext, textFlag, UsageError } from "./command.ts";

/** Rejects with UsageError for a deployment, and where the emulator refuses the body; with RequestError for a reader. */
export async function postToEmulator(
  context: CommandContext,
  path: string,
  body: object,
): Promise<ApiAnswer["body"]> {
  if (await isDeployment(context)) {
    throw new UsageError("a deployment cannot be broken or mended, only the local emulator");
  }
  requireRole(textFlag(context, "role"), "operator");
  const answer = await exchange(context, { method: "POST", path, body });
  if (answer.status === 400) throw new UsageError(String(answer.body["error"]));
  if (answer.status !== 200) throw new RequestError(problemText(answer.status, answer.body));
  return answer.body;
}
