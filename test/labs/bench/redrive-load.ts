import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoDbFailedMessageStore } from "../../../functions/adapters/dynamodb-failed-message-store.ts";
import type { FailedMessage } from "../../../functions/failures/domain/failed-message.ts";
import { transition } from "../../../functions/failures/domain/failed-transition.ts";
import { eventOf, type Order } from "../../../functions/orders/domain/order.ts";
import { CREDENTIALS } from "../../../lib/emulator/credentials.ts";
import { type BenchEmulator, startBenchEmulator } from "./bench-emulator.ts";
import type { Benchmark, Figure, Progress } from "./benchmark.ts";
import { benchOrder } from "./orders.ts";
import { quantile } from "./statistics.ts";

const PARKED = 10_000;
const REDRIVES_A_SECOND = 50;
const LIVE_A_SECOND = 10;
const LIVE_SECONDS = 60;
const AT_ONCE = 20;
const PLENTY = 10_000_000;

/** A redrive of ten thousand parked messages under a rate limit, beside live orders. */
export const redriveLoad: Benchmark = {
  name: "redrive-load",
  about: `${PARKED} parked messages redriven at ${REDRIVES_A_SECOND}/s while ${LIVE_A_SECOND} live orders a second flow`,
  aims: [],
  async run(progress) {
    progress("starting the emulator");
    const emulator = await startBenchEmulator({});
    try {
      await emulator.setStock("live", PLENTY);
      await emulator.setStock("parked", PLENTY);
      progress(`parking ${PARKED} messages`);
      await park(emulator);
      await live(emulator, "warm", 5);
      return await measure(emulator, progress);
    } finally {
      await emulator.close();
    }
  },
};

async function measure(emulator: BenchEmulator, progress: Progress): Promise<Figure[]> {
  progress(`live orders alone, ${LIVE_SECONDS} s`);
  const alone = await live(emulator, "alone", LIVE_SECONDS);
  progress(`live orders beside the redrive, ${LIVE_SECONDS} s`);
  const redrive = startRedrive(emulator, progress);
  const beside = await live(emulator, "beside", LIVE_SECONDS);
  const during = redrive.sent();
  if (redrive.hasEnded()) throw new Error("The redrive ended before the live orders.");
  const p50s = [alone, beside].map((latencies) => quantile(latencies, 0.5).toFixed(0)).join(" ms alone, ");
  progress(`live p50 ${p50s} ms beside ${during} sent; now the rest of the redrive`);
  const { stops, seconds } = await redrive.ended;
  await refuseLost(emulator);
  const ratio = (share: number) => quantile(beside, share) / quantile(alone, share);
  const figures = (name: string, latencies: readonly number[]): Figure[] => [
    { name: `${name}, p50`, value: quantile(latencies, 0.5), unit: "ms", note: `${latencies.length} orders` },
    { name: `${name}, p99`, value: quantile(latencies, 0.99), unit: "ms" },
  ];
  return [
    { name: "parked messages sent again, each taking effect once", value: PARKED, unit: "" },
    { name: "stops by the breaker", value: stops, unit: "" },
    { name: "sent again while live orders flowed", value: during / LIVE_SECONDS, unit: "/s" },
    { name: "until the last was sent", value: seconds, unit: "s", note: `limit ${REDRIVES_A_SECOND}/s` },
    ...figures("live orders alone, POST to CONFIRMED", alone),
    ...figures("live orders beside the redrive", beside),
    { name: "live p50 with the redrive ÷ without", value: ratio(0.5), unit: "x" },
    { name: "live p99 with the redrive ÷ without", value: ratio(0.99), unit: "x" },
  ];
}

/** Places orders at a fixed rate; returns the milliseconds until each was CONFIRMED. */
async function live(emulator: BenchEmulator, run: string, seconds: number): Promise<number[]> {
  const startedAt = performance.now();
  const orders = Array.from({ length: seconds * LIVE_A_SECOND }, async (_, i) => {
    const key = `${run}-${i}`;
    const order = benchOrder(key, { sku: "live" });
    const dueAt = startedAt + (i * 1_000) / LIVE_A_SECOND;
    await new Promise<void>((resolve) => void setTimeout(resolve, Math.max(0, dueAt - performance.now())));
    const sentAt = performance.now();
    await emulator.place(order, key);
    return (await emulator.confirmed(order.orderId)) - sentAt;
  });
  return Promise.all(orders);
}

/** Creates PENDING orders whose creation messages are parked. */
async function park({ emulator, placeAtOnce }: BenchEmulator): Promise<void> {
  const orders = Array.from({ length: PARKED }, (_, i) => benchOrder(`parked-${i}`, { sku: "parked" }));
  const queue = emulator.messaging.queues.getQueueByName("order-events-local-order-created");
  if (queue === undefined) throw new Error("The emulator has no queue of order-created.");
  const { enqueue } = queue;
  const { promise: allDropped, resolve } = Promise.withResolvers<void>();
  let dropped = 0;
  queue.enqueue = () => {
    dropped += 1;
    if (dropped === PARKED) resolve();
  };
  await placeAtOnce(orders);
  await allDropped;
  queue.enqueue = enqueue;

  const { endpoints, model } = emulator;
  const { dynamodb: endpoint, region } = endpoints;
  const client = new DynamoDBClient({ endpoint, region, credentials: CREDENTIALS });
  const table = model.tables.find(({ name }) => name.endsWith("-failed-messages"))?.name ?? "";
  const store = dynamoDbFailedMessageStore(client, table);
  for (let i = 0; i < orders.length; i += AT_ONCE) {
    const rows = orders.slice(i, i + AT_ONCE).map(parkedRow);
    await Promise.all(rows.map((row) => store.put(row, undefined)));
  }
  client.destroy();
}

function parkedRow(order: Order): FailedMessage {
  const event = eventOf(order);
  const { id: eventId, type: eventType, subject: orderId } = event;
  const facts = {
    consumer: "order-created",
    source: "benchmark",
    body: JSON.stringify(event),
    attributes: { type: eventType },
    ...{ eventId, eventType, orderId },
    failedKey: `order-created~${eventId}`,
  };
  const write = { kind: "park", reason: "RETRIES_EXHAUSTED", error: new Error("it was broken") } as const;
  const context = { now: Date.now(), writeId: eventId, returnWithinSeconds: 3_600 };
  const row = transition(undefined, write, context, facts);
  if (row === undefined) throw new Error("A message without a row can be parked.");
  return row;
}

interface Job {
  readonly jobId: string;
  readonly status: "RUNNING" | "DONE" | "STOPPED";
  readonly done: number;
  readonly stoppedBecause?: string;
}

/**
 * Starts one redrive of all messages and runs maintenance without pauses until it ends. A redrive that the breaker
 * stopped is started again.
 */
function startRedrive(emulator: BenchEmulator, progress: Progress) {
  const startedAt = performance.now();
  const path = "/jobs";
  const asked = { act: "redrive", filter: {}, ratePerSecond: REDRIVES_A_SECOND, why: "benchmark" };
  const begin = async () => (await emulator.call("POST", path, asked)) as Job;
  const look = async ({ jobId }: Job) => (await emulator.call("GET", `${path}/${jobId}`)) as Job;
  let before = 0;
  let stops = 0;
  let sent = 0;
  let hasEnded = false;

  async function follow() {
    let job = await begin();
    while (job.status !== "DONE") {
      if (job.status === "STOPPED") {
        progress(`stopped by its breaker: ${job.stoppedBecause}; begun again`);
        before += job.done;
        stops += 1;
        job = await begin();
      }
      const looking = setInterval(async () => {
        sent = before + (await look(job)).done;
      }, 1_000);
      await emulator.emulator.host.invoke("maintenance", {}).finally(() => clearInterval(looking));
      job = await look(job);
      sent = before + job.done;
    }
    hasEnded = true;
    return { stops, seconds: (performance.now() - startedAt) / 1_000 };
  }
  return { ended: follow(), sent: () => sent, hasEnded: () => hasEnded };
}

/** Throws unless each parked order took its unit once. */
async function refuseLost(emulator: BenchEmulator): Promise<void> {
  const until = performance.now() + 120_000;
  let held = 0;
  while (performance.now() < until) {
    held = (await emulator.stock("parked")).held;
    if (held === PARKED) return;
    await new Promise<void>((resolve) => void setTimeout(resolve, 250));
  }
  throw new Error(`${held} units are held for ${PARKED} orders.`);
}
