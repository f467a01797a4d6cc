import { exchange, problemText } from "./api-client.ts";
import type { CommandContext } from "./command.ts";
import { RequestError } from "./request-error.ts";

interface Fault {
  readonly text: string;
  readonly rate: number;
  readonly endsAt?: number;
}

/** Switches faults of the stage, and writes which are on then. */
export async function switchFaults(context: CommandContext, body: object): Promise<void> {
  const answer = await exchange(context, { method: "POST", path: "/_stage/faults", body });
  if (answer.status !== 200) throw new RequestError(problemText(answer.status, answer.body));
  const faults = answer.body as unknown as readonly Fault[];
  if (context.json) {
    context.write(`${JSON.stringify(faults)}\n`);
    return;
  }
  const lines = faults.map(({ text, rate, endsAt }) => {
    const left =
      endsAt === undefined ? "" : `, ${Math.max(0, Math.round((endsAt - Date.now()) / 1000))} s to go`;
    return `${text} is broken (${Math.round(rate * 100)} % of calls${left})\n`;
  });
  context.write(lines.join("") || "everything works\n");
}
