import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../simulation/engine/random.ts";
import type { Api } from "./api.ts";

/** The stock is counted now and then. */
export interface StockKeeper {
  /** What was counted last and answered with success, by SKU. */
  readonly counted: ReadonlyMap<string, number>;
  readonly counts: number;
  readonly surprises: readonly string[];
  /** Lets the count that is under way end. */
  stop(): Promise<void>;
}

const EACH_MS = 700;
/**
 * A request of an earlier count may still be on its way to the table for as long as a late call is late.
 * Two counts of one SKU within that time have no order.
 */
const APART_MS = 10_000;

/** Sets the first stock, then counts one SKU after the other, a tenth more or less than at first. */
export async function keepStock(
  api: Api,
  stock: ReadonlyMap<string, number>,
  random: Random,
): Promise<StockKeeper> {
  const counted = new Map<string, number>();
  const countedAt = new Map<string, number>();
  const surprises: string[] = [];
  const stopped = new AbortController();
  let counts = 0;

  async function count(sku: string, onHand: number): Promise<void> {
    const { status, body } = await api.insist("PUT", `/stock/${sku}`, { onHand });
    counts += 1;
    countedAt.set(sku, performance.now());
    if (status === 200) counted.set(sku, onHand);
    // Less than what is held for orders is refused, and nothing changes.
    else if (status !== 409) surprises.push(`counting ${sku} was answered ${status} ${JSON.stringify(body)}`);
  }

  async function goRound(): Promise<void> {
    while (!stopped.signal.aborted) {
      const [sku, first] = random.pick([...stock]);
      if (performance.now() - (countedAt.get(sku) ?? 0) > APART_MS) {
        await count(sku, Math.max(0, Math.round(first * (0.9 + random.next() * 0.2))));
      }
      await pause(EACH_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  await Promise.all([...stock].map(([sku, onHand]) => count(sku, onHand)));
  const going = goRound();
  return {
    counted,
    surprises,
    get counts() {
      return counts;
    },
    stop() {
      stopped.abort();
      return going;
    },
  };
}
