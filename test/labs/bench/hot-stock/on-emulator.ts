import { newOrder } from "../../../../functions/orders/domain/order.ts";
import { seeded } from "../../simulation/engine/random.ts";
import { startBenchEmulator } from "../bench-emulator.ts";
import type { Demand } from "./demand.ts";

const PLENTY = 1_000_000;

/**
 * Orders a second of a backlog on the local emulator, whose calls take as long as at AWS and whose overlapping
 * transactions are refused. The processors of one machine bound it, so only the ratio of two settings says something.
 */
export async function drainOnEmulator(
  demand: Demand,
  orders: number,
  settings: Readonly<Record<string, string>>,
): Promise<number> {
  const emulator = await startBenchEmulator(settings, { latency: "aws" });
  try {
    const random = seeded(1);
    const skus = new Set<string>();
    const rows = Array.from({ length: orders }, (_, i) => {
      const lines = Array.from({ length: 3 }, () => {
        const sku = `SKU-${demand.draw(random)}`;
        skus.add(sku);
        return { sku, quantity: 1, unitPrice: 100 };
      });
      const contact = { email: "ada@example.com" };
      return newOrder({ customerId: "c", contact, currency: "EUR", lines }, `hot-${i}`, Date.now());
    });
    await Promise.all([...skus].map((sku) => emulator.setStock(sku, PLENTY)));
    const started = performance.now();
    const all = Promise.all(rows.map(({ orderId }) => emulator.confirmed(orderId)));
    await emulator.placeAtOnce(rows);
    return (orders * 1_000) / (Math.max(...(await all)) - started);
  } finally {
    await emulator.close();
  }
}
