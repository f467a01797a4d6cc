import { setTimeout as wait } from "node:timers/promises";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { call } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import type { CommandContext } from "./command.ts";

/** How long an order is followed: long enough for a few retries with back-off. */
export const DECISION_TIMEOUT_MS = 60_000;
const MIN_POLL_MS = 4;
const MAX_POLL_MS = 1_000;

/** The order once it is no longer PENDING. Throws a RequestError where it still is after a minute. */
export async function untilDecided(context: CommandContext, order: OrderView): Promise<OrderView> {
  const { orderId } = order;
  const startedAt = performance.now();
  let current = order;
  while (current.status === "PENDING") {
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > DECISION_TIMEOUT_MS) {
      throw new RequestError(
        `the order is still PENDING after ${DECISION_TIMEOUT_MS / 1000} s and is not lost. Check it with:  order-events orders show ${orderId}`,
      );
    }
    await wait(Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, elapsedMs / 4)));
    current = await call(context, "GET /orders/{orderId}", { orderId });
  }
  return current;
}
