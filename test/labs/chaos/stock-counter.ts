import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../simulation/engine/random.ts";
import type { Api } from "./api.ts";

/** Repeated stock counts. */
export interface StockCounter {
  /** The last accepted count by SKU. */
  readonly counted: ReadonlyMap<string, number>;
  readonly counts: number;
  readonly undocumented: readonly string[];
  /** Stops after the current count. */
  stop(): Promise<void>;
}

const EACH_MS = 700;
/**
 * Minimum time between two counts of one SKU. A late call of the earlier one could reach the table after the later one.
 */
const APART_MS = 10_000;

/** Sets the stock, then counts one SKU after the other, with up to a tenth more or less than at the start. */
export async function countStockRepeatedly(
  api: Api,
  stock: ReadonlyMap<string, number>,
  random: Random,
): Promise<StockCounter> {
  const counted = new Map<string, number>();
  const countedAt = new Map<string, number>();
  const undocumented: string[] = [];
  const stopped = new AbortController();
  let counts = 0;

  async function count(sku: string, onHand: number): Promise<void> {
    const { status, body } = await api.requestUntilAnswered("PUT", `/stock/${sku}`, { onHand });
    counts += 1;
    countedAt.set(sku, performance.now());
    if (status === 200) counted.set(sku, onHand);
    // A count below the held stock is refused.
    else if (status !== 409)
      undocumented.push(`counting ${sku} was answered ${status} ${JSON.stringify(body)}`);
  }

  async function countAgain(): Promise<void> {
    while (!stopped.signal.aborted) {
      const [sku, first] = random.pick([...stock]);
      if (performance.now() - (countedAt.get(sku) ?? 0) > APART_MS) {
        await count(sku, Math.max(0, Math.round(first * (0.9 + random.next() * 0.2))));
      }
      await pause(EACH_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  await Promise.all([...stock].map(([sku, onHand]) => count(sku, onHand)));
  const counting = countAgain();
  return {
    counted,
    undocumented,
    get counts() {
      return counts;
    },
    stop() {
      stopped.abort();
      return counting;
    },
  };
}
