import type { StatusByApi } from "../contract/order-status.ts";
import type { PlaceOrder } from "../contract/schemas.ts";
import type { Clock } from "../middleware/clock.ts";
import { Problem } from "../middleware/problem.ts";
import { isOrderId, newOrder, type Order } from "./domain/order.ts";
import type { OrderStore } from "./ports/order-store.ts";

/** Whether new orders are accepted. Never rejects. */
export interface Admission {
  isOpen(): boolean;
  /** Reads the backlog again if that is due. */
  refresh(): Promise<void>;
}

const RETRY_AFTER_SECONDS = 30;

/**
 * Writes the order, whose row is also its order.created event. A repeat of the request returns the order as it is now,
 * whatever the backlog. The same key with another request is refused.
 */
export function placeOrder(ports: { orders: OrderStore; admission: Admission; clock: Clock }) {
  return async (request: PlaceOrder, idempotencyKey: string, traceparent?: string): Promise<Order> => {
    const order = newOrder(request, idempotencyKey, ports.clock.now(), traceparent);
    // The backlog is read beside the write, so no order waits for it.
    const [placed] = await Promise.all([
      ports.admission.isOpen() ? ports.orders.place(order) : repeatOnly(ports.orders, order.orderId),
      ports.admission.refresh(),
    ]);
    if (placed.kind === "placed") return order;
    if (placed.order.requestHash !== order.requestHash) {
      throw new Problem("IDEMPOTENCY_KEY_REUSED", {
        detail: "Use a new key for a new order.",
      });
    }
    return placed.order;
  };
}

async function repeatOnly(orders: OrderStore, orderId: string): Promise<{ kind: "exists"; order: Order }> {
  const order = await orders.get(orderId);
  if (order === undefined) {
    throw new Problem("BUSY", {
      detail: "Send the same request again later.",
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  return { kind: "exists", order };
}

/**
 * Moves an order to a status; consumers of the transition's event do the rest. Idempotent. Throws a Problem where the
 * present status is not one of `sourcesOf(to)`.
 */
export function moveOrder(ports: { orders: OrderStore; clock: Clock }, to: StatusByApi) {
  return async (orderId: string): Promise<Order> => {
    if (!isOrderId(orderId)) throw orderNotFound(orderId);
    const result = await ports.orders.move(orderId, to, ports.clock.now());
    if (result.kind === "unknown") throw orderNotFound(orderId);
    if (result.order.status !== to) {
      throw new Problem("ORDER_STATUS", { detail: `The order is ${result.order.status}.` });
    }
    return result.order;
  };
}

export function readOrder(ports: { orders: OrderStore }) {
  return async (orderId: string): Promise<Order> => {
    const order = isOrderId(orderId) ? await ports.orders.get(orderId) : undefined;
    if (order === undefined) throw orderNotFound(orderId);
    return order;
  };
}

function orderNotFound(orderId: string): Problem {
  return new Problem("ORDER_NOT_FOUND", { detail: `Received the id ${orderId.slice(0, 64)}.` });
}

const FRESH_FOR_MS = 5_000;
const READ_MS = 200;
/** The backlog is out of date after so many reads that were due and not made, because no order came. */
const MISSED_READS = 3;

/**
 * Closes while the backlog, in messages, is above `limit`. The backlog is read at most every `freshForMs`, first when
 * this instance is that old, so that no cold start loads the client. A read that fails leaves admission open.
 */
export function admission(
  { backlog, clock }: { readonly backlog: () => Promise<number>; readonly clock: Clock },
  limit: number,
  freshForMs = FRESH_FOR_MS,
): Admission {
  let known = 0;
  let readAt = clock.now();
  // Absolute, because a clock that was set back must not stop the reads.
  const ageMs = () => Math.abs(clock.now() - readAt);
  return {
    isOpen: () => known <= limit || ageMs() >= MISSED_READS * freshForMs,
    async refresh() {
      if (ageMs() < freshForMs) return;
      readAt = clock.now();
      const read = backlog().then(
        (length) => {
          known = length;
        },
        () => {
          known = 0;
        },
      );
      // A service that hangs must not delay an order that is already written.
      const done = new AbortController();
      const timeouts = clock.sleep(READ_MS, done.signal);
      await Promise.race([read.finally(() => done.abort("read")), timeouts]);
    },
  };
}
