import { type ApiAnswer, exchange, problemText } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import { isDeployment } from "./cli-target.ts";
import { type CommandContext, UsageError } from "./command.ts";

export interface Fault {
  readonly text: string;
  readonly rate: number;
  readonly endsAt?: number;
}

/** Sets or clears faults of the emulator, and writes the active ones. */
export async function changeFaults(context: CommandContext, body: object): Promise<void> {
  const faults = (await postToEmulator(context, "/_emulator/faults", body)) as unknown as readonly Fault[];
  if (context.json) context.write(`${JSON.stringify(faults)}\n`);
  else context.write(faults.map(faultLine).join("") || "everything works\n");
}

/** Rejects with UsageError for a deployment, and where the emulator refuses the body. */
export async function postToEmulator(
  context: CommandContext,
  path: string,
  body: object,
): Promise<ApiAnswer["body"]> {
  if (await isDeployment(context)) {
    throw new UsageError("a deployment cannot be broken or mended, only the local emulator");
  }
  const answer = await exchange(context, { method: "POST", path, body });
  if (answer.status === 400) throw new UsageError(String(answer.body["error"]));
  if (answer.status !== 200) throw new RequestError(problemText(answer.status, answer.body));
  return answer.body;
}

/** The active faults; none where the emulator does not report them. */
export async function readFaults(context: CommandContext): Promise<readonly Fault[]> {
  const { status, body } = await exchange(context, { path: "/_emulator/faults" });
  return status === 200 && Array.isArray(body) ? (body as readonly Fault[]) : [];
}

export function faultLine({ text, rate, endsAt }: Fault): string {
  const isKilled = text === "kafka" || text === "rabbitmq";
  // A broker takes no rate.
  const share = isKilled || text.startsWith("rabbitmq-") ? [] : [`${Math.round(rate * 100)} % of calls`];
  const seconds = endsAt === undefined ? undefined : Math.max(0, Math.round((endsAt - Date.now()) / 1000));
  const after = isKilled ? ", then it starts; the emulator prints when it is up again" : "";
  const left = seconds === undefined ? [] : [`${seconds} s left${after}`];
  const how = [...share, ...left].join(", ");
  return `${text} is broken${how === "" ? "" : ` (${how})`}\n`;
}
