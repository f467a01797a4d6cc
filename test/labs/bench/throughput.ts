import { type BenchEmulator, startBenchEmulator } from "./bench-emulator.ts";
import type { Benchmark, Figure, Progress } from "./benchmark.ts";
import { benchOrder } from "./orders.ts";
import { inRounds, quantile } from "./statistics.ts";

const AT_REST = 30;
const POSTED = 200;
const CLIENTS = 16;
/** So many that the latency of the first batch, about 60 ms, is a small part. */
const WRITTEN = 300;
const BACKLOG_ROUNDS = 4;
const PLENTY = 1_000_000;
const SKUS = { "one SKU": 1, "50 SKUs": 50 } as const;
type Spread = keyof typeof SKUS;

const REST_P99 = "at rest, POST to CONFIRMED, p99";
const GAIN = "group commit, one SKU: orders a second ÷ batches of 1";

/** Latency and throughput of orders on the local emulator. */
export const throughput: Benchmark = {
  name: "throughput",
  about: "orders through the local emulator: at rest, under load, with and without group commit",
  aims: [
    { figure: REST_P99, atMost: 500 },
    { figure: GAIN, atLeast: 3 },
  ],
  async run(progress) {
    return withEmulator({}, progress, async (grouped) => {
      progress("at rest");
      const rest = await atRest(grouped);
      progress("under load");
      const loads = [...(await underLoad(grouped, "one SKU")), ...(await underLoad(grouped, "50 SKUs"))];
      // Both emulators in turns, so that other load affects both.
      return withEmulator({ batchSize: "1" }, progress, async (single) => {
        progress("backlogs, in groups and one by one");
        return [...rest, ...loads, ...(await backlogs(grouped, single))];
      });
    });
  },
};

async function withEmulator<T>(
  settings: Readonly<Record<string, string>>,
  progress: Progress,
  measure: (emulator: BenchEmulator) => Promise<T>,
): Promise<T> {
  progress("starting the emulator");
  const emulator = await startBenchEmulator(settings);
  try {
    return await measure(emulator);
  } finally {
    await emulator.close();
  }
}

/** One order after the other. */
async function atRest(emulator: BenchEmulator): Promise<Figure[]> {
  await posted(emulator, "warm", "one SKU", 5, 1);
  const { latencies } = await posted(emulator, "rest", "one SKU", AT_REST, 1);
  return [
    { name: "at rest, POST to CONFIRMED, p50", value: quantile(latencies, 0.5), unit: "ms" },
    { name: REST_P99, value: quantile(latencies, 0.99), unit: "ms" },
  ];
}

async function underLoad(emulator: BenchEmulator, spread: Spread): Promise<Figure[]> {
  await posted(emulator, "warm-load", spread, POSTED / 3, CLIENTS);
  const { latencies, perSecond } = await posted(emulator, "load", spread, POSTED, CLIENTS);
  const note = `${CLIENTS} clients`;
  return [
    { name: `load, ${spread}, POST to CONFIRMED`, value: perSecond, unit: "/s", note },
    { name: `load, ${spread}, p50`, value: quantile(latencies, 0.5), unit: "ms", note },
    { name: `load, ${spread}, p99`, value: quantile(latencies, 0.99), unit: "ms", note },
  ];
}

/** Each client places an order and waits until it is CONFIRMED. */
async function posted(emulator: BenchEmulator, run: string, spread: Spread, count: number, clients: number) {
  const orders = await ordersOf(emulator, run, spread, count);
  const latencies: number[] = [];
  const started = performance.now();
  let next = 0;
  async function client(): Promise<void> {
    for (let each = orders[next++]; each !== undefined; each = orders[next++]) {
      const sent = performance.now();
      await emulator.place(each.order, each.key);
      latencies.push((await emulator.confirmed(each.order.orderId)) - sent);
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  const perSecond = (count * 1_000) / (performance.now() - started);
  return { latencies, perSecond };
}

/** Orders a second of a backlog written at once, without the load of placing. */
async function backlogs(grouped: BenchEmulator, single: BenchEmulator): Promise<Figure[]> {
  let run = 0;
  const drains = {
    hotGrouped: () => drain(grouped, `backlog-${run++}`, "one SKU"),
    hotSingle: () => drain(single, `backlog-${run++}`, "one SKU"),
    manyGrouped: () => drain(grouped, `backlog-${run++}`, "50 SKUs"),
    manySingle: () => drain(single, `backlog-${run++}`, "50 SKUs"),
  };
  await inRounds(1, drains);
  const rates = await inRounds(BACKLOG_ROUNDS, drains);
  const best = (values: readonly number[]) => Math.max(...values);
  const rate = (name: string, values: readonly number[]): Figure => ({
    name: `backlog, ${name}`,
    value: best(values),
    unit: "/s",
    note: `rows to CONFIRMED, best of ${BACKLOG_ROUNDS}`,
  });
  return [
    rate("one SKU, group commit", rates.hotGrouped),
    rate("one SKU, batches of 1", rates.hotSingle),
    rate("50 SKUs, group commit", rates.manyGrouped),
    rate("50 SKUs, batches of 1", rates.manySingle),
    { name: GAIN, value: best(rates.hotGrouped) / best(rates.hotSingle), unit: "x" },
  ];
}

async function drain(emulator: BenchEmulator, run: string, spread: Spread): Promise<number> {
  const orders = (await ordersOf(emulator, run, spread, WRITTEN)).map(({ order }) => order);
  const started = performance.now();
  const all = Promise.all(orders.map(({ orderId }) => emulator.confirmed(orderId)));
  await emulator.placeAtOnce(orders);
  const last = Math.max(...(await all));
  await refuseOversold(emulator, orders);
  return (WRITTEN * 1_000) / (last - started);
}

/** Throws unless each order took its unit once. */
async function refuseOversold(
  emulator: BenchEmulator,
  orders: readonly { lines: readonly { sku: string }[] }[],
) {
  const wanted = new Map<string, number>();
  for (const { lines } of orders) for (const { sku } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + 1);
  for (const [sku, units] of wanted) {
    const { held } = await emulator.stock(sku);
    if (held !== units) throw new Error(`${sku} holds ${held} units for ${units} orders.`);
  }
}

async function ordersOf(emulator: BenchEmulator, run: string, spread: Spread, count: number) {
  const prefix = `${run}-${SKUS[spread]}`;
  for (let i = 0; i < SKUS[spread]; i++) await emulator.setStock(`${prefix}-${i}`, PLENTY);
  return Array.from({ length: count }, (_, i) => {
    const key = `${prefix}-order-${i}`;
    return { key, order: benchOrder(key, { sku: `${prefix}-${i % SKUS[spread]}` }) };
  });
}
