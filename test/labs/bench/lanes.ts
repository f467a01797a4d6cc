import { DONE } from "../../../functions/middleware/outcome.ts";
import type { Aim, Benchmark, Figure } from "./benchmark.ts";
import { ours } from "./consumer-cost.ts";
import { benchOrder, eventsOf, sqsEventOf } from "./orders.ts";
import { median } from "./statistics.ts";

const IO_MS = 5;
/** The engine's own default. */
const CONCURRENCY = 10;
const ROUNDS = 7;

/** Batches by the length of their lanes. */
const SHAPES = {
  "100 records, 10 lanes of 10": Array.from({ length: 10 }, () => 10),
  "100 records, one lane of 28 among 72 of 1": [28, ...Array.from({ length: 72 }, () => 1)],
  "10 records, one lane": [10],
} as const;
type Shape = keyof typeof SHAPES;

const timeName = (shape: Shape) => `${shape}: wall time ÷ ideal`;
const flightName = (shape: Shape) => `${shape}: most in flight`;

/** Wall time of ordered batches with I/O in each record. */
export const lanes: Benchmark = {
  name: "lanes",
  about: `wall time of ordered batches, ${IO_MS} ms of I/O a record, ${CONCURRENCY} at once`,
  aims: (Object.keys(SHAPES) as Shape[]).flatMap((shape): Aim[] => [
    { figure: timeName(shape), atMost: 1.25 },
    { figure: flightName(shape), atMost: CONCURRENCY },
  ]),
  async run() {
    const figures: Figure[] = [];
    for (const shape of Object.keys(SHAPES) as Shape[]) figures.push(...(await figuresOf(shape)));
    return figures;
  },
};

async function figuresOf(shape: Shape): Promise<Figure[]> {
  const lengths: readonly number[] = SHAPES[shape];
  const event = sqsEventOf(bodiesOf(lengths));
  let inFlight = 0;
  let most = 0;
  const handler = ours(
    {
      async one() {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await io();
        inFlight -= 1;
        return DONE;
      },
    },
    () => {},
  );
  // A timer of 5 ms takes longer, so the lane is compared with its real time.
  const oneIoMs = median(await timesOf(20, io));
  const wallMs = median(await timesOf(ROUNDS, () => handler(event)));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const steps = Math.max(...lengths, Math.ceil(total / CONCURRENCY));
  return [
    {
      name: timeName(shape),
      value: wallMs / (steps * oneIoMs),
      unit: "x",
      note: `${wallMs.toFixed(0)} ms; ideal ${steps} × ${oneIoMs.toFixed(2)} ms`,
    },
    { name: flightName(shape), value: most, unit: "" },
  ];
}

/** Interleaved lanes: the first record of each lane, then the second of each. */
function bodiesOf(lengths: readonly number[]): string[] {
  const orders = lengths.map((_, lane) => benchOrder(`lane-${lane}`));
  const depth = Math.max(...lengths);
  return Array.from({ length: depth }, (_, i) =>
    eventsOf(orders.filter((_, lane) => i < (lengths[lane] ?? 0))),
  )
    .flat()
    .map((event) => JSON.stringify(event));
}

async function timesOf(rounds: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times;
}

const io = () => new Promise<void>((resolve) => setTimeout(resolve, IO_MS));
