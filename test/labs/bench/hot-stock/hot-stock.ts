import type { Benchmark, Figure, Progress } from "../benchmark.ts";
import { type Demand, oneSku, uniform, zipf } from "./demand.ts";
import { AS_DEPLOYED, type Run, runHotStock, type Setup } from "./hot-stock-model.ts";
import { drainOnEmulator } from "./on-emulator.ts";

const ZIPF = zipf(1_000);
const ZIPF_WIDE = zipf(100_000);
const DEMANDS = [oneSku, uniform(10_000), ZIPF, ZIPF_WIDE];

/** The values of `hotStock=true`. */
const HOT_STOCK = { pollers: 2, batchSize: 200, windowMs: 1_000 };
/** What was tried beside it, each with the default for the rest. */
const TRIED: Readonly<Record<string, Partial<Setup>>> = {
  "50 pollers": { pollers: 50 },
  "3 pollers": { pollers: 3 },
  "batches of 80, 3 pollers": { pollers: 3, batchSize: 80 },
  "batches of 100, 2 pollers": { pollers: 2, batchSize: 100 },
  "16 rows for each SKU": { rowsOfSku: 16 },
  "a lane for each SKU": { lanesBySku: true },
  "single writes": { writes: "single", seconds: 2 },
};
/** Fewer units than orders: the last ones are rejected. */
const SCARCE = 300;
/** Orders on the emulator. */
const BACKLOG = 600;
const AT_REST = { ordersPerSecond: 1, seconds: 60 };

const rateOf = (what: string, { name }: Demand) => `${what}, ${name}`;
const LONGEST = "hotStock, longest wait of an order";
const UNEQUAL = "decisions that differ from one by one";

export const hotStock: Benchmark = {
  name: "hot-stock",
  about: "orders of popular SKUs where overlapping transactions are refused, on a clock of its own",
  aims: [
    { figure: rateOf("hotStock", ZIPF), atLeast: 1_500 },
    { figure: rateOf("hotStock", ZIPF_WIDE), atLeast: 1_500 },
    { figure: LONGEST, atMost: AS_DEPLOYED.deadlineMs },
    { figure: UNEQUAL, atMost: 0 },
  ],
  async run(progress) {
    const runs: Run[] = [];
    const measure = async (what: string, demand: Demand, changes: Partial<Setup>): Promise<Figure> => {
      const run = await runHotStock({ ...AS_DEPLOYED, demand, ...changes });
      runs.push(run);
      return { name: rateOf(what, demand), value: run.decidedPerSecond, unit: "/s", note: noteOf(run) };
    };
    const figures: Figure[] = [];
    progress("the default and hotStock");
    for (const demand of DEMANDS) figures.push(await measure("default", demand, {}));
    for (const demand of DEMANDS) figures.push(await measure("hotStock", demand, HOT_STOCK));
    const longest = Math.max(...runs.slice(DEMANDS.length).map(({ waitMs }) => waitMs.longest));
    for (const [what, changes] of Object.entries(TRIED)) {
      progress(what);
      for (const demand of DEMANDS.slice(1)) figures.push(await measure(what, demand, changes));
    }
    progress("scarce stock");
    await measure("default", ZIPF, { onHand: SCARCE });
    await measure("hotStock", ZIPF, { ...HOT_STOCK, onHand: SCARCE });
    const unequal = runs.reduce((sum, run) => sum + run.unequal, 0);
    return [
      ...figures,
      { name: LONGEST, value: longest, unit: "ms" },
      { name: UNEQUAL, value: unequal, unit: "", note: `${rejected(runs)} orders rejected among all` },
      ...(await atRest(progress)),
      ...(await onEmulator(progress)),
    ];
  },
};

const rejected = (runs: readonly Run[]) => runs.reduce((sum, run) => sum + run.rejected, 0);

function noteOf({ refused, waitMs }: Run): string {
  return `${(refused * 100).toFixed(0)} % of transactions refused, p99 ${(waitMs.p99 / 1_000).toFixed(1)} s`;
}

async function onEmulator(progress: Progress): Promise<Figure[]> {
  const drained = async (what: string, settings: Readonly<Record<string, string>>): Promise<Figure> => {
    progress(`${what} on the emulator`);
    const value = await drainOnEmulator(ZIPF, BACKLOG, settings);
    return { name: rateOf(`${what} on the emulator with --latency aws`, ZIPF), value, unit: "/s" };
  };
  return [await drained("default", {}), await drained("hotStock", { hotStock: "true" })];
}

/** The times of DynamoDB and of an invocation; the API, the stream and the topic are not in it. */
async function atRest(progress: Progress): Promise<Figure[]> {
  progress("at rest");
  const waits = async (what: string, changes: Partial<Setup>): Promise<Figure> => {
    const { waitMs } = await runHotStock({ ...AS_DEPLOYED, ...changes, ...AT_REST, demand: ZIPF });
    return { name: `${what}, at rest, queue to decision, median`, value: waitMs.median, unit: "ms" };
  };
  return [await waits("default", {}), await waits("hotStock", HOT_STOCK)];
}
