import { setTimeout as wait } from "node:timers/promises";
import { printableLine } from "../../terminal-text.ts";
import { exchange } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import { isDeployment } from "./cli-target.ts";
import type { CommandContext } from "./command.ts";
import { faultLine, readFaults } from "./fault-text.ts";

const ATTEMPTS = 3;
const PAUSE_MS = 200;

/** Sets the stock of a SKU and retries a 503. Rejects with RequestError, which lists the active faults. */
export async function putStock(context: CommandContext, sku: string, onHand: number): Promise<void> {
  const put = () => exchange(context, "PUT /stock/{sku}", { sku, body: { onHand } });
  let answer = await put();
  for (let attempt = 1; answer.status === 503 && attempt < ATTEMPTS; attempt++) {
    context.progress(`setting the stock of ${sku} is being retried …`);
    await wait(PAUSE_MS * attempt);
    answer = await put();
  }
  context.progress("");
  if (answer.isSuccess) return;
  const faults = answer.status === 503 ? await faultsText(context) : "";
  throw new RequestError(`cannot set the stock of ${printableLine(sku)}: ${answer.error.message}${faults}`, {
    status: answer.status,
  });
}

async function faultsText(context: CommandContext): Promise<string> {
  if (await isDeployment(context)) return "";
  const faults = await readFaults(context);
  if (faults.length === 0) return "";
  return `\n${faults.map(faultLine).join("")}Mend it:  order-events mend`;
}
