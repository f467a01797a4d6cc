import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Benchmark, Figure } from "./benchmark.ts";
import { countedCalls } from "./counted-calls.ts";
import { type CountedServices, startCountedServices } from "./counted-services.ts";
import { type Naive, setStock, startNaive } from "./drive-naive.ts";
import { driveCancellations, driveOrders, FULL_BATCH, type Step, type Wish } from "./drive-orders.ts";
import type { CountedOrders, OrderCalls } from "./order-calls.ts";
import { readUnits, writeUnits } from "./recorder.ts";

const ORDERS = 100;
const LACKS = [0, 1, 10, 100];
const PLENTY = 1_000_000;
/** The counted calls of this run. */
export const COUNTED = fileURLToPath(new URL("../../../reports/calls.json", import.meta.url));
/** Those from which cost and capacity are computed. */
export const KEPT = fileURLToPath(new URL("calls.json", import.meta.url));

const CALLS = "calls to CONFIRMED, an order";
const WRITES = "write units to CONFIRMED, an order";
const CALLS_ALL = "calls to the mail, an order";
const CANCELLED = "write units of a cancellation, with the release of its stock";
const CANCELLED_UNHELD = "write units of a cancellation, no stock held";
const UNITS_ALL = "units, writes and reads, to the mail, an order";

/** Requests to AWS and units of DynamoDB for one order, counted on the wire. */
export const calls: Benchmark = {
  name: "calls",
  about: `calls and units of an order at batches of ten, ${ORDERS} orders each, against naive handlers`,
  aims: [
    { figure: CALLS, atMost: 1.6 },
    { figure: WRITES, atMost: 6 },
    { figure: CALLS_ALL, atMost: 4.5 },
    { figure: UNITS_ALL, atMost: 9 },
  ],
  async run(progress) {
    progress("reading the stacks, starting the emulators");
    const services = await startCountedServices();
    try {
      return await count(services, progress);
    } finally {
      await services.close();
    }
  },
};

async function count(services: CountedServices, progress: (text: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  const naive = await startNaive(services);
  let inFullBatches: OrderCalls | undefined;
  for (const lack of LACKS) {
    progress(`${lack} % without stock`);
    await setStock(services, `PLENTY-${lack}`, PLENTY);
    await setStock(services, `GONE-${lack}`, 0);
    const skus = skusOf(lack);
    const steps = await driveOrders(
      services,
      skus.map((sku, i) => ({ key: `lack-${lack}-${i}`, sku })),
    );
    inFullBatches ??= countedCalls(steps, ORDERS, FULL_BATCH);
    if (lack === 0 || lack === 100) {
      const cancelled = await driveCancellations(
        services,
        skus.map((_, i) => `lack-${lack}-${i}`),
      );
      const name = lack === 0 ? CANCELLED : CANCELLED_UNHELD;
      figures.push({ name, value: each(writeUnits(cancelled.flatMap((step) => step.calls))), unit: "" });
    }
    const without = await naive.drive(skus.map((sku, i) => ({ key: `naive-${lack}-${i}`, sku })));
    figures.push(...figuresOf(lack, steps, without));
  }
  naive.close();
  progress("ten SKUs in each batch");
  for (let i = 0; i < 10; i++) await setStock(services, `MANY-${i}`, PLENTY);
  const many = Array.from({ length: ORDERS }, (_, i): Wish => ({ key: `many-${i}`, sku: `MANY-${i % 10}` }));
  const toDecision = (await driveOrders(services, many)).slice(0, 3).flatMap((step) => step.calls);
  figures.push({ name: `${WRITES}, ten SKUs in a batch`, value: each(writeUnits(toDecision)), unit: "" });
  progress("one order at a time");
  const oneByOne = await countOneByOne(services);
  if (inFullBatches !== undefined) await keepCounted({ oneByOne, inFullBatches });
  return figures;
}

async function countOneByOne(services: CountedServices) {
  await setStock(services, "ALONE", PLENTY);
  const wishes = Array.from({ length: ORDERS }, (_, i): Wish => ({ key: `alone-${i}`, sku: "ALONE" }));
  return countedCalls(await driveOrders(services, wishes, 1), ORDERS, 1);
}

async function keepCounted(counted: CountedOrders): Promise<void> {
  await mkdir(dirname(COUNTED), { recursive: true });
  await writeFile(COUNTED, `${JSON.stringify(counted, null, 2)}\n`);
}

/** Orders that lack stock are spread evenly among the others. */
function skusOf(lack: number): string[] {
  const isShort = (i: number) => Math.floor(((i + 1) * lack) / 100) > Math.floor((i * lack) / 100);
  return Array.from({ length: ORDERS }, (_, i) => `${isShort(i) ? "GONE" : "PLENTY"}-${lack}`);
}

function figuresOf(lack: number, steps: readonly Step[], naive: Naive): Figure[] {
  const toDecision = steps.slice(0, 3).flatMap((step) => step.calls);
  const all = steps.flatMap((step) => step.calls);
  const suffix = lack === 0 ? "" : `, ${lack} % without stock`;
  const row = (name: string, value: number, by: number): Figure => ({
    name: `${name}${suffix}`,
    value: each(value),
    unit: "",
    note: `naive ${each(by).toFixed(2)}, ${(by / value).toFixed(1)} times as much`,
  });
  return [
    row(CALLS, toDecision.length, naive.toDecision.length),
    row(WRITES, writeUnits(toDecision), writeUnits(naive.toDecision)),
    row(CALLS_ALL, all.length, naive.all.length),
    row(UNITS_ALL, writeUnits(all) + readUnits(all), writeUnits(naive.all) + readUnits(naive.all)),
  ];
}

const each = (total: number) => total / ORDERS;
