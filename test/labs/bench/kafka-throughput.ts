import { type BenchStage, startBenchStage } from "./bench-emulator.ts";
import type { Benchmark, Figure, Progress } from "./benchmark.ts";
import { benchOrder } from "./orders.ts";
import { quantile } from "./statistics.ts";

const BATCH_SIZES = [1, 10, 100] as const;
const AT_REST = 30;
const WRITTEN = 300;
const ROUNDS = 2;
const SKUS = 50;
const PLENTY = 1_000_000;

/** The way by the second backbone, on Apache Kafka: stream → publish-to-kafka → topic → mapping → order-events-kafka. */
export const kafkaThroughput: Benchmark = {
  name: "kafka-throughput",
  about: "orders through publish-to-kafka, Apache Kafka and its mapping, by batch size",
  aims: [],
  async run(progress) {
    const figures: Figure[] = [];
    for (const batchSize of BATCH_SIZES) figures.push(...(await measured(batchSize, progress)));
    return figures;
  },
};

async function measured(batchSize: number, progress: Progress): Promise<Figure[]> {
  progress(`starting a broker and a stage with batches of ${batchSize}`);
  const settings = { kafka: "true", processing: "kafka", kafkaBatchSize: String(batchSize) };
  const stage = await startBenchStage(settings);
  try {
    await posted(stage, "warm", 5);
    progress(`batches of ${batchSize}: at rest`);
    const latencies = await posted(stage, "rest", AT_REST);
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      progress(`batches of ${batchSize}: backlog ${round + 1} of ${ROUNDS}`);
      rates.push(await drained(stage, `backlog-${round}`));
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
    await stage.close();
  }
}

/** One order after the other, each when the one before is through. */
async function posted(stage: BenchStage, run: string, count: number): Promise<readonly number[]> {
  const latencies: number[] = [];
  for (const { key, order } of await ordersOf(stage, run, count)) {
    const sent = performance.now();
    await stage.place(order, key);
    latencies.push((await stage.confirmed(order.orderId)) - sent);
  }
  return latencies;
}

/** Orders a second of a backlog that is written at once. It counts only if every order took its unit, once. */
async function drained(stage: BenchStage, run: string): Promise<number> {
  const orders = (await ordersOf(stage, run, WRITTEN)).map(({ order }) => order);
  const started = performance.now();
  const all = Promise.all(orders.map(({ orderId }) => stage.confirmed(orderId)));
  await stage.placeAtOnce(orders);
  const last = Math.max(...(await all));
  for (let sku = 0; sku < SKUS; sku++) {
    const { held } = await stage.stock(`${run}-${sku}`);
    if (held !== WRITTEN / SKUS)
      throw new Error(`${run}-${sku} holds ${held} units for ${WRITTEN / SKUS} orders.`);
  }
  return (WRITTEN * 1_000) / (last - started);
}

async function ordersOf(stage: BenchStage, run: string, count: number) {
  for (let sku = 0; sku < Math.min(SKUS, count); sku++) await stage.setStock(`${run}-${sku}`, PLENTY);
  return Array.from({ length: count }, (_, index) => {
    const key = `${run}-order-${index}`;
    return { key, order: benchOrder(key, { sku: `${run}-${index % SKUS}` }) };
  });
}
