import { setTimeout as pause } from "node:timers/promises";
import type { OrderView } from "../../functions/contract/schemas.ts";
import { type Client, line } from "./client.ts";

/** Customers who repeat each request until it is accepted, through all failures. */
export interface Load {
  /** Accepted orders by their Idempotency-Key. */
  readonly accepted: ReadonlyMap<string, OrderView>;
  /** Orders with an accepted cancellation. */
  readonly cancelled: ReadonlySet<string>;
  /** Resolves once this many orders are accepted. */
  reached(count: number): Promise<void>;
  readonly done: Promise<void>;
}

const CUSTOMERS = 16;
/** Pause of a client before it repeats a request. */
const AGAIN_MS = 100;

/**
 * Places `count` orders over `skus`, one after the other by each customer, and cancels every fourth.
 * `api` is read before each call, because the address can change. No more than `allowed()` orders are placed by then.
 */
export function placeUnderLoad(
  api: () => Client,
  count: number,
  skus: readonly string[],
  allowed: () => number = () => count,
): Load {
  const accepted = new Map<string, OrderView>();
  const cancelled = new Set<string>();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let next = 0;

  /** Repeats a request until it has this status, through lost responses, throttled calls and a stopped emulator. */
  async function insist<Body>(status: number, call: () => Promise<{ status: number; body: Body }>) {
    for (;;) {
      const answer = await call().catch(() => undefined);
      if (answer?.status === status) return answer.body;
      await pause(AGAIN_MS);
    }
  }

  async function customer(): Promise<void> {
    while (next < count) {
      if (next >= allowed()) {
        await pause(AGAIN_MS);
        continue;
      }
      const index = next++;
      const key = `load-${index}`;
      const lines = [line(skus[index % skus.length] ?? "", 1 + (index % 3))];
      const order = await insist(202, () => api().place({ lines, key }));
      accepted.set(key, order);
      for (const { count: wanted, resolve } of waiting) if (accepted.size >= wanted) resolve();
      if (index % 4 !== 0) continue;
      await insist(200, () => api().cancel(order.orderId));
      cancelled.add(order.orderId);
    }
  }

  return {
    accepted,
    cancelled,
    reached: (wanted) =>
      accepted.size >= wanted
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ count: wanted, resolve })),
    done: Promise.all(Array.from({ length: CUSTOMERS }, customer)).then(() => undefined),
  };
}
