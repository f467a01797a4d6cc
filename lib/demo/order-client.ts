import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { STATUSES } from "../../functions/contract/order-status.ts";
import { type ApiAnswer, exchange } from "../operator/target/api-client.ts";

/** The requests of an API client that places orders. */
export interface OrderClient {
  setStock(sku: string, onHand: number): Promise<void>;
  stock(sku: string): Promise<ApiAnswer["body"]>;
  /** POST /orders, with a new idempotency key unless one is given. */
  place(sku: string, quantity: number, key?: string): Promise<ApiAnswer>;
  cancel(orderId: unknown): Promise<ApiAnswer>;
  order(orderId: unknown): Promise<ApiAnswer["body"]>;
  failedMessage(failedKey: string): Promise<ApiAnswer>;
  /** The order in its final status, or as it is after `timeoutMs`. */
  final(orderId: unknown, timeoutMs?: number): Promise<ApiAnswer["body"]>;
  /** Polls until the condition holds; false after `timeoutMs`. */
  eventually(holds: () => Promise<boolean>, timeoutMs?: number): Promise<boolean>;
}

const FINAL_STATUSES: readonly unknown[] = STATUSES.filter((status) => status !== "PENDING");
/** Polling a few orders at the same time stays below the throttle of the API. */
const POLL_MS = 60;
const TIMEOUT_MS = 15_000;

export function orderClient(url: string): OrderClient {
  const call = (path: string, method: "GET" | "POST" | "PUT" = "GET", body?: unknown, headers = {}) =>
    exchange({ url }, { path, method, body, headers });

  async function eventually(holds: () => Promise<boolean>, timeoutMs = TIMEOUT_MS): Promise<boolean> {
    const until = performance.now() + timeoutMs;
    while (performance.now() < until) {
      if (await holds()) return true;
      await wait(POLL_MS);
    }
    return false;
  }

  const order = async (orderId: unknown) => (await call(`/orders/${orderId}`)).body;

  return {
    eventually,
    order,
    async setStock(sku, onHand) {
      await call(`/stock/${sku}`, "PUT", { onHand });
    },
    stock: async (sku) => (await call(`/stock/${sku}`)).body,
    place: (sku, quantity, key = randomUUID()) =>
      call(
        "/orders",
        "POST",
        {
          customerId: "ada",
          contact: { email: "ada@example.com" },
          currency: "EUR",
          lines: [{ sku, quantity, unitPrice: 450 }],
        },
        { "Idempotency-Key": key },
      ),
    cancel: (orderId) => call(`/orders/${orderId}/cancel`, "POST"),
    failedMessage: (failedKey) => call(`/failed-messages/${encodeURIComponent(failedKey)}`),
    async final(orderId, timeoutMs) {
      let last = await order(orderId);
      await eventually(async () => {
        last = await order(orderId);
        return FINAL_STATUSES.includes(last["status"]);
      }, timeoutMs);
      return last;
    },
  };
}
