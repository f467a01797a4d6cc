import { type ApiAnswer, exchange, problemText } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import { type CommandContext, UsageError } from "./command.ts";
import { isDeployment } from "./target.ts";

export interface Fault {
  readonly text: string;
  readonly rate: number;
  readonly endsAt?: number;
}

/** Switches faults of the stage, and writes which are on then. */
export async function switchFaults(context: CommandContext, body: object): Promise<void> {
  const faults = (await askStage(context, "/_stage/faults", body)) as unknown as readonly Fault[];
  if (context.json) context.write(`${JSON.stringify(faults)}\n`);
  else context.write(faults.map(faultLine).join("") || "everything works\n");
}

/** What the stage's control endpoint answers. Rejects with UsageError where it does not take what was named. */
export async function askStage(
  context: CommandContext,
  path: string,
  body: object,
): Promise<ApiAnswer["body"]> {
  if (await isDeployment(context)) {
    throw new UsageError("only a stage of this machine can be broken and mended");
  }
  const answer = await exchange(context, { method: "POST", path, body });
  if (answer.status === 400) throw new UsageError(String(answer.body["error"]));
  if (answer.status !== 200) throw new RequestError(problemText(answer.status, answer.body));
  return answer.body;
}

export function faultLine({ text, rate, endsAt }: Fault): string {
  const left =
    endsAt === undefined ? "" : `, ${Math.max(0, Math.round((endsAt - Date.now()) / 1000))} s to go`;
  return `${text} is broken (${Math.round(rate * 100)} % of calls${left})\n`;
}
