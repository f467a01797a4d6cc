import { setTimeout as wait } from "node:timers/promises";
import { type ApiAnswer, request, segment } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import type { CommandContext } from "./command.ts";

/** Long enough for a few retries with back-off. */
const LIMIT_MS = 60_000;

/** The order once it is no longer PENDING. Throws a RequestError where it still is after a minute. */
export async function untilDecided(
  context: CommandContext,
  order: ApiAnswer["body"],
  pollMs: number,
): Promise<ApiAnswer["body"]> {
  const { orderId } = order;
  const startedAt = performance.now();
  let current = order;
  while (current["status"] === "PENDING") {
    if (performance.now() - startedAt > LIMIT_MS) {
      throw new RequestError(
        `the order is still PENDING after ${LIMIT_MS / 1000} s and is not lost. Check it with:  order-events orders show ${orderId}`,
      );
    }
    await wait(pollMs);
    current = await request(context, { path: `/orders/${segment(String(orderId))}` });
  }
  return current;
}
