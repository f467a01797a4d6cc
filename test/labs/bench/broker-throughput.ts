import { type BenchEmulator, startBenchEmulator } from "./bench-emulator.ts";
import type { Figure, Progress } from "./benchmark.ts";
import { benchOrder } from "./orders.ts";
import { quantile } from "./statistics.ts";

const AT_REST = 30;
const WRITTEN = 300;
const ROUNDS = 2;
const SKUS = 50;
const PLENTY = 1_000_000;

/** Orders through a broker that processes alone, in the local emulator. `settings` are those of the deployment. */
export async function brokerThroughput(
  settings: Readonly<Record<string, string>>,
  batchSize: number,
  progress: Progress,
): Promise<Figure[]> {
  progress(`starting a broker and an emulator with batches of ${batchSize}`);
  const emulator = await startBenchEmulator(settings);
  try {
    await posted(emulator, "warm", 5);
    progress(`batches of ${batchSize}: at rest`);
    const latencies = await posted(emulator, "rest", AT_REST);
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      progress(`batches of ${batchSize}: backlog ${round + 1} of ${ROUNDS}`);
      rates.push(await drained(emulator, `backlog-${round}`));
    }
    const of = `batches of ${batchSize}`;
    return [
      { name: `${of}, at rest, POST to CONFIRMED, p50`, value: quantile(latencies, 0.5), unit: "ms" },
      { name: `${of}, at rest, POST to CONFIRMED, p99`, value: quantile(latencies, 0.99), unit: "ms" },
      {
        name: `${of}, backlog`,
        value: Math.max(...rates),
        unit: "/s",
        note: `rows to CONFIRMED, ${WRITTEN} orders of ${SKUS} SKUs, best of ${ROUNDS}`,
      },
    ];
  } finally {
    await emulator.close();
  }
}

/** One order after the other. */
async function posted(emulator: BenchEmulator, run: string, count: number): Promise<readonly number[]> {
  const latencies: number[] = [];
  for (const { key, order } of await ordersOf(emulator, run, count)) {
    const sent = performance.now();
    await emulator.place(order, key);
    latencies.push((await emulator.confirmed(order.orderId)) - sent);
  }
  return latencies;
}

/** Orders a second of a backlog written at once. Throws unless each order took its unit once. */
async function drained(emulator: BenchEmulator, run: string): Promise<number> {
  const orders = (await ordersOf(emulator, run, WRITTEN)).map(({ order }) => order);
  const started = performance.now();
  const all = Promise.all(orders.map(({ orderId }) => emulator.confirmed(orderId)));
  await emulator.placeAtOnce(orders);
  const last = Math.max(...(await all));
  for (let sku = 0; sku < SKUS; sku++) {
    const { held } = await emulator.stock(`${run}-${sku}`);
    if (held !== WRITTEN / SKUS)
      throw new Error(`${run}-${sku} holds ${held} units for ${WRITTEN / SKUS} orders.`);
  }
  return (WRITTEN * 1_000) / (last - started);
}

async function ordersOf(emulator: BenchEmulator, run: string, count: number) {
  for (let sku = 0; sku < Math.min(SKUS, count); sku++) await emulator.setStock(`${run}-${sku}`, PLENTY);
  return Array.from({ length: count }, (_, index) => {
    const key = `${run}-order-${index}`;
    return { key, order: benchOrder(key, { sku: `${run}-${index % SKUS}` }) };
  });
}
