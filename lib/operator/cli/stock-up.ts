import { setTimeout as wait } from "node:timers/promises";
import { exchange, problemText, segment } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import { isDeployment } from "./cli-target.ts";
import type { CommandContext } from "./command.ts";
import { faultLine, readFaults } from "./fault-text.ts";

const TRIES = 3;
const PAUSE_MS = 200;

/**
 * Sets how many of a SKU were counted; an API that is out for a moment is asked again. Rejects with RequestError,
 * which says what is broken on purpose where that is known.
 */
export async function setStock(context: CommandContext, sku: string, onHand: number): Promise<void> {
  const asked = { method: "PUT", path: `/stock/${segment(sku)}`, body: { onHand } } as const;
  let answer = await exchange(context, asked);
  for (let tries = 1; answer.status === 503 && tries < TRIES; tries++) {
    context.progress(`the stock of ${sku} cannot be set yet …`);
    await wait(PAUSE_MS * tries);
    answer = await exchange(context, asked);
  }
  context.progress("");
  if (answer.status >= 200 && answer.status < 300) return;
  const why = answer.status === 503 ? await brokenText(context) : "";
  throw new RequestError(
    `the stock of ${sku} could not be set: ${problemText(answer.status, answer.body)}${why}`,
  );
}

async function brokenText(context: CommandContext): Promise<string> {
  if (await isDeployment(context)) return "";
  const faults = await readFaults(context);
  if (faults.length === 0) return "";
  return `\n${faults.map(faultLine).join("")}Mend it:  order-events mend`;
}
