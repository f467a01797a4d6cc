import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { OrderView, StockView } from "../../functions/contract/schemas.ts";
import { type ApiAnswer, call, exchange } from "../operator/target/api-client.ts";

/** The requests of an API client that places orders. Those without a status reject with RequestError where refused. */
export interface OrderClient {
  setStock(sku: string, onHand: number): Promise<void>;
  stock(sku: string): Promise<StockView>;
  /** POST /orders, with a new idempotency key unless one is given. */
  place(sku: string, quantity: number, key?: string): Promise<ApiAnswer<OrderView>>;
  cancel(orderId: string): Promise<OrderView>;
  order(orderId: string): Promise<OrderView>;
  /** The order in its final status, or as it is after `timeoutMs`. */
  final(orderId: string, timeoutMs?: number): Promise<OrderView>;
  /** Polls until the condition holds; false after `timeoutMs`. */
  eventually(holds: () => Promise<boolean>, timeoutMs?: number): Promise<boolean>;
}

/** Polling a few orders at the same time stays below the throttle of the API. */
const POLL_MS = 60;
const TIMEOUT_MS = 15_000;

export function orderClient(url: string): OrderClient {
  const target = { url };

  async function eventually(holds: () => Promise<boolean>, timeoutMs = TIMEOUT_MS): Promise<boolean> {
    const until = performance.now() + timeoutMs;
    while (performance.now() < until) {
      if (await holds()) return true;
      await wait(POLL_MS);
    }
    return false;
  }

  const order = (orderId: string) => call(target, "GET /orders/{orderId}", { orderId });

  return {
    eventually,
    order,
    async setStock(sku, onHand) {
      await call(target, "PUT /stock/{sku}", { sku, body: { onHand } });
    },
    stock: (sku) => call(target, "GET /stock/{sku}", { sku }),
    place: (sku, quantity, key = randomUUID()) =>
      exchange(target, "POST /orders", {
        headers: { "Idempotency-Key": key },
        body: {
          customerId: "ada",
          contact: { email: "ada@example.com" },
          currency: "EUR",
          lines: [{ sku, quantity, unitPrice: 450 }],
        },
      }),
    cancel: (orderId) => call(target, "POST /orders/{orderId}/cancel", { orderId }),
    async final(orderId, timeoutMs) {
      let last = await order(orderId);
      await eventually(async () => {
        last = await order(orderId);
        return last.status !== "PENDING";
      }, timeoutMs);
      return last;
    },
  };
}
