import { exchangeHttp } from "../target/api-client.ts";
import { httpRequest } from "../target/route-request.ts";
import type { CommandContext } from "./command.ts";
import { postToEmulator } from "./post-to-emulator.ts";

export interface Fault {
  readonly text: string;
  readonly rate: number;
  readonly endsAt?: number;
}

/** Sets or clears faults of the emulator, and writes the active ones. */
export async function changeFaults(context: CommandContext, body: object): Promise<void> {
  writeFaults(context, await postToEmulator<readonly Fault[]>(context, "/_emulator/faults", body));
}

export function writeFaults(context: CommandContext, faults: readonly Fault[]): void {
  if (context.json) context.write(`${JSON.stringify(faults)}\n`);
  else context.write(faults.map(faultLine).join("") || "no fault is active\n");
}

/** The active faults; none where the emulator does not report them. */
export async function readFaults(context: CommandContext): Promise<readonly Fault[]> {
  const answer = await exchangeHttp<readonly Fault[]>(context, httpRequest("GET", "/_emulator/faults"));
  return answer.isSuccess && Array.isArray(answer.body) ? answer.body : [];
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
