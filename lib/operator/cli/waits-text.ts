import type { OrderView } from "../../../functions/contract/schemas.ts";
import { printableLine } from "../../terminal-text.ts";
import type { OrderWait } from "../observe/order-waits.ts";
import { readWaits } from "../observe/read-waits.ts";
import type { TimelineEntry } from "../observe/view-types.ts";
import { call } from "../target/api-client.ts";
import type { CommandContext } from "./command.ts";

/** Why an order is not decided, or its mail did not arrive; empty also where the caller may not read it. */
export async function orderWaits(
  context: CommandContext,
  order: OrderView,
  entries?: readonly TimelineEntry[],
): Promise<readonly OrderWait[]> {
  return readWaits(
    {
      consumers: () => call(context, "GET /consumers"),
      failedMessages: (event) => call(context, "GET /failed-messages", { query: { event } }),
      queues: async () => (await context.observatory()).queues(),
      metrics: async (minutes) => (await context.observatory()).metrics(minutes),
    },
    order,
    entries,
  );
}

/** A line for each, and one with the command that shows the log of its latest attempt, the crashes, or the suppression. */
export const waitsText = (waits: readonly OrderWait[]): string =>
  waits
    .flatMap((wait) => [`  ${wait.text}`, ...lookAt(wait).map((command) => `    ${command}`)])
    .map((line) => `${printableLine(line)}\n`)
    .join("");

function lookAt({ consumer, attempt, hasCrashes, suppressedOrder }: OrderWait): readonly string[] {
  if (attempt?.requestId !== undefined)
    return [`order-events logs ${attempt.requestId} --function ${consumer}`];
  if (suppressedOrder !== undefined) return [`order-events mails unsuppress --order ${suppressedOrder}`];
  return hasCrashes === true ? [`order-events live --consumer ${consumer} --outcome crashed --once`] : [];
}
