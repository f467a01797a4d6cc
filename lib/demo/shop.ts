import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type ApiAnswer, exchange } from "../operator/target/api-client.ts";

/** What a client of the API does, by its address alone. */
export interface Shop {
  stockUp(sku: string, onHand: number): Promise<void>;
  stock(sku: string): Promise<ApiAnswer["body"]>;
  /** The answer of POST /orders; the key is a new one unless given. */
  place(sku: string, quantity: number, key?: string): Promise<ApiAnswer>;
  cancel(orderId: unknown): Promise<ApiAnswer>;
  order(orderId: unknown): Promise<ApiAnswer["body"]>;
  failedMessage(failedKey: string): Promise<ApiAnswer>;
  /** The order once it is settled, with the milliseconds that took; as it is after `patienceMs`. */
  settled(orderId: unknown, patienceMs?: number): Promise<ApiAnswer["body"]>;
  /** Looks again until it holds; false after `patienceMs`. */
  eventually(holds: () => Promise<boolean>, patienceMs?: number): Promise<boolean>;
}

const SETTLED: readonly unknown[] = ["CONFIRMED", "REJECTED", "CANCELLED"];
/** Waiting for a few orders at once stays well below the API's throttle. */
const POLL_MS = 60;
const PATIENCE_MS = 15_000;

export function shop(url: string): Shop {
  const call = (path: string, method: "GET" | "POST" | "PUT" = "GET", body?: unknown, headers = {}) =>
    exchange({ url }, { path, method, body, headers });

  async function eventually(holds: () => Promise<boolean>, patienceMs = PATIENCE_MS): Promise<boolean> {
    const until = performance.now() + patienceMs;
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
    async stockUp(sku, onHand) {
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
    async settled(orderId, patienceMs) {
      let last = await order(orderId);
      await eventually(async () => {
        last = await order(orderId);
        return SETTLED.includes(last["status"]);
      }, patienceMs);
      return last;
    },
  };
}
