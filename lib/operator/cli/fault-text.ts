import { type ApiAnswer, exchange, problemText } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import { isDeployment } from "./cli-target.ts";
import { type CommandContext, UsageError } from "./command.ts";

export interface Fault {
  readonly text: string;
  readonly rate: number;
  readonly endsAt?: number;
}

/** Switches faults of the stage, and writes which are on then. */
export async function switchFaults(context: CommandContext, body: object): Promise<void> {
  const faults = (await askEmulator(context, "/_emulator/faults", body)) as unknown as readonly Fault[];
  if (context.json) context.write(`${JSON.stringify(faults)}\n`);
  else context.write(faults.map(faultLine).join("") || "everything works\n");
}

/** What the stage's control endpoint answers. Rejects with UsageError where it does not take what was named. */
export async function askEmulator(
  context: CommandContext,
  path: string,
  body: object,
): Promise<ApiAnswer["body"]> {
  if (await isDeployment(context)) {
    throw new UsageError("only an emulator on this machine can be broken and mended");
  }
  const answer = await exchange(context, { method: "POST", path, body });
  if (answer.status === 400) throw new UsageError(String(answer.body["error"]));
  if (answer.status !== 200) throw new RequestError(problemText(answer.status, answer.body));
  return answer.body;
}

/** The faults that are on; none where the stage does not tell. */
export async function readFaults(context: CommandContext): Promise<readonly Fault[]> {
  const { status, body } = await exchange(context, { path: "/_emulator/faults" });
  return status === 200 && Array.isArray(body) ? (body as readonly Fault[]) : [];
}

export function faultLine({ text, rate, endsAt }: Fault): string {
  // A broker is killed whole, whatever the rate.
  const share = text === "kafka" ? [] : [`${Math.round(rate * 100)} % of calls`];
  const left =
    endsAt === undefined ? [] : [`${Math.max(0, Math.round((endsAt - Date.now()) / 1000))} s to go`];
  const how = [...share, ...left].join(", ");
  return `${text} is broken${how === "" ? "" : ` (${how})`}\n`;
}
