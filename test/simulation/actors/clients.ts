import type { PlaceOrder } from "../../../functions/contract/schemas.ts";
import { newOrder, type Order, orderIdOf } from "../../../functions/domain/order.ts";
import { Problem } from "../../../functions/domain/problem.ts";
import { REFUSED_ADDRESS } from "../cloud/mailbox.ts";
import { circumstances } from "../cloud/mappings.ts";
import type { Random } from "../engine/random.ts";
import { holds } from "../violation.ts";
import type { World } from "../world.ts";

const API_TIMEOUT_MS = 10_000;
const CUSTOMER = "customer-1";
const SKUS = ["TEA", "CUP", "POT"] as const;
/** In every address, so that personal data is found wherever it should not be. */
export const CANARY = "canary";

type Act =
  | { readonly kind: "place"; readonly key: string; readonly request: PlaceOrder; readonly tries: number }
  | { readonly kind: "cancel"; readonly key: string; readonly tries: number }
  | { readonly kind: "count"; readonly sku: string; readonly onHand: number; readonly tries: number };

/** What clients were told. Only a success binds the system. */
export interface Promises {
  readonly placed: Set<string>;
  readonly cancelled: Set<string>;
  attempted: number;
}

export interface Clients {
  readonly promises: Promises;
  hasMore(): boolean;
  /** Starts the next request. */
  act(): void;
}

const MAX_RUNNING = 3;

export function clients(world: World): Clients {
  const { random, host, parts, tables } = world;
  const script = scriptOf(random);
  const promises: Promises = { placed: new Set(), cancelled: new Set(), attempted: 0 };

  async function perform(act: Act): Promise<() => void> {
    switch (act.kind) {
      case "place": {
        const order = await parts.place(act.request, act.key);
        return () => placed(act.key, act.request, order);
      }
      case "cancel": {
        const order = await parts.cancel(orderIdOf(CUSTOMER, act.key));
        return () => {
          holds(order.status === "CANCELLED", "I8", () => `a cancel was answered with ${order.status}`);
          promises.cancelled.add(order.orderId);
        };
      }
      case "count": {
        const result = await parts.ports.stock.count(act.sku, act.onHand);
        return () => void result;
      }
    }
  }

  /** I6 and I7: an answer means a durable row, and the row is that of this very request. */
  function placed(key: string, request: PlaceOrder, order: Order): void {
    const row = tables.rows.orders.get(orderIdOf(CUSTOMER, key));
    holds(row !== undefined, "I6", () => `the order of ${key} was accepted, and there is no row`);
    holds(row?.orderId === order.orderId, "I7", () => `${key} was answered with another order`);
    const { requestHash } = newOrder(request, key, 0);
    holds(row?.requestHash === requestHash, "I7", () => `${key} was answered 202 with another body's order`);
    promises.placed.add(order.orderId);
  }

  function start(act: Act): void {
    promises.attempted += 1;
    const again = () => {
      if (act.tries < 3) script.push({ ...act, tries: act.tries + 1 });
    };
    host.invoke(
      `api-${act.kind}`,
      circumstances(world, API_TIMEOUT_MS),
      () => perform(act),
      (ending) => {
        if (ending.kind === "answer") (ending.value as () => void)();
        else if (ending.kind === "killed" || !(ending.error instanceof Problem)) again();
        else if (ending.error.status === 503 || ending.error.status === 404) again();
        // A client may not hear the answer, and ask again.
        if (ending.kind === "answer" && !world.hasCleared && random.chance(world.weather.ackLost)) again();
      },
    );
  }

  for (const sku of SKUS.slice(0, 1 + random.below(SKUS.length))) {
    const onHand = random.below(7);
    tables.rows.stock.set(sku, { sku, onHand, held: 0, available: onHand });
  }
  return {
    promises,
    hasMore: () =>
      script.length > 0 &&
      host.running("api-place") + host.running("api-cancel") + host.running("api-count") < MAX_RUNNING,
    act() {
      const act = script.shift();
      if (act !== undefined) start(act);
    },
  };
}

function scriptOf(random: Random): Act[] {
  const orders = 1 + random.below(5);
  const script: Act[] = [];
  for (let i = 0; i < orders; i++) {
    const key = `key-${i}`;
    const request = requestOf(random, i);
    const add = (act: Act) => script.splice(random.below(script.length + 1), 0, act);
    add({ kind: "place", key, request, tries: 0 });
    if (random.chance(0.2)) add({ kind: "place", key, request, tries: 0 });
    if (random.chance(0.1)) add({ kind: "place", key, request: requestOf(random, i), tries: 0 });
    if (random.chance(0.4)) add({ kind: "cancel", key, tries: 0 });
    if (random.chance(0.1)) add({ kind: "cancel", key, tries: 0 });
    if (random.chance(0.15))
      add({ kind: "count", sku: random.pick(SKUS), onHand: random.below(8), tries: 0 });
  }
  return script;
}

export function requestOf(random: Random, index: number): PlaceOrder {
  const count = 1 + random.below(2);
  const lines = Array.from({ length: count }, () => ({
    sku: random.pick(SKUS),
    quantity: 1 + random.below(3),
    unitPrice: 100,
  }));
  const name = random.chance(0.1) ? REFUSED_ADDRESS : `${CANARY}-${index}`;
  return { customerId: CUSTOMER, contact: { email: `${name}@example.com` }, currency: "EUR", lines };
}
