import { expect, test } from "vitest";
import type { Attributes } from "../../functions/middleware/attributes.ts";
import { created, order } from "../fixtures/events.ts";
import { sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { parkedMany, redriveMany } from "./operator-api.ts";
import { invoke, newRig, type Rig } from "./rig.ts";

/** A message in the queue of order-created, with its arrival in seconds since the start of the redrive. */
interface Arrival {
  readonly at: number;
  readonly isLive: boolean;
  readonly body: string;
  readonly attributes: Attributes;
}

const PARKED = 300;
const RATE = 10;
const LIVE_A_SECOND = 5;
/** Capacity of the consumer: slightly above the arrivals at the permitted rate. */
const BATCHES_A_SECOND = 2;

/** Redrives all parked messages, over as many minutes as needed. */
async function redriven(rig: Rig): Promise<Arrival[]> {
  const startedAt = rig.clock.now();
  const sentAt: number[] = [];
  rig.faults.after = (call) => {
    if (call === "queues.send") sentAt.push((rig.clock.now() - startedAt) / 1_000);
  };
  await redriveMany({ ratePerSecond: RATE });
  for (let minute = 1; minute < 5 && sentAt.length < PARKED; minute++) {
    rig.clock.advance(startedAt + minute * 60_000 - rig.clock.now());
    await invoke("maintenance", {});
  }
  return rig.queues.sent.map(({ body, attributes = {} }, i) => {
    return { at: sentAt[i] ?? Number.NaN, isLive: false, body, attributes };
  });
}

function live(rig: Rig, seconds: number): Arrival[] {
  return Array.from({ length: seconds * LIVE_A_SECOND }, (_, i) => {
    const row = order(`live ${i}`);
    rig.tables.rows.orders.set(row.orderId, row);
    return { at: i / LIVE_A_SECOND, isLive: true, body: JSON.stringify(created(row)), attributes: {} };
  });
}

/** Runs the consumer each second, oldest messages first. Returns the wait of each live message in seconds. */
async function waits(rig: Rig, arrivals: readonly Arrival[]): Promise<number[]> {
  const queue = arrivals.toSorted((a, b) => a.at - b.at);
  const waited: number[] = [];
  for (let second = 1; queue.length > 0; second++) {
    for (let batch = 0; batch < BATCHES_A_SECOND; batch++) {
      const due = queue.slice(0, 10).filter(({ at }) => at < second);
      if (due.length === 0) break;
      queue.splice(0, due.length);
      const records = due.map(({ body, attributes }, i) =>
        sqsRecord(body, { messageId: `${second} ${batch} ${i}`, attributes, sentAt: rig.clock.now() }),
      );
      expect(await invoke("order-created", sqsEvent(...records))).toEqual({ batchItemFailures: [] });
      waited.push(...due.filter(({ isLive }) => isLive).map(({ at }) => second - at));
    }
  }
  return waited;
}

async function simulation(): Promise<Rig> {
  const rig = newRig();
  await rig.tables.stock.count("TEA-1", 10_000);
  parkedMany(rig, PARKED);
  return rig;
}

test("E8: live messages during a redrive are processed within a second, regardless of the number of parked messages", async () => {
  const rig = await simulation();
  const messages = await redriven(rig);

  const waited = await waits(rig, [...messages, ...live(rig, 100)]);

  expect(messages).toHaveLength(PARKED);
  expect(Math.max(...waited)).toBeLessThanOrEqual(1);
  expect([...rig.tables.rows.orders.values()].filter(({ status }) => status !== "CONFIRMED")).toEqual([]);
});

test("the same messages, redriven all at once, would delay live messages", async () => {
  const rig = await simulation();
  const messages = await redriven(rig);

  const waited = await waits(rig, [...messages.map((message) => ({ ...message, at: 0 })), ...live(rig, 100)]);

  expect(Math.max(...waited)).toBeGreaterThan(10);
});
