import type { OrderEvent } from "../../../../functions/contract/schemas.ts";
import { eventOf, newOrder } from "../../../../functions/orders/domain/order.ts";
import type { OrderLines, ReservationPlan } from "../../../../functions/orders/domain/plan-reservations.ts";
import type { OrderStockStore } from "../../../../functions/orders/ports/order-stock-store.ts";
import { reserveStock } from "../../../../functions/orders/reserve-stock.ts";
import { memoryTables } from "../../../fakes/memory-tables.ts";
import { seeded } from "../../simulation/engine/random.ts";
import { quantile } from "../statistics.ts";
import { conflictingStore, type StoreTimes } from "./conflicting-store.ts";
import type { Demand } from "./demand.ts";
import { virtualTime } from "./virtual-time.ts";

/** One run of the model: the event source mapping of order-created, its function and its tables. */
export interface Setup extends StoreTimes {
  readonly demand: Demand;
  readonly linesOfOrder: number;
  readonly pollers: number;
  readonly batchSize: number;
  readonly windowMs: number;
  /** Receive, invocation and acknowledgement of a batch. */
  readonly invocationMs: number;
  /** Time-out of the function, less what it reserves for its report. */
  readonly deadlineMs: number;
  /** Orders that arrive each second; absent: a queue that is never empty. */
  readonly ordersPerSecond?: number;
  /** Whether each poller takes the orders of its own SKUs only. The most frequent SKU of an order counts. */
  readonly lanesBySku: boolean;
  /** Units of each SKU. */
  readonly onHand: number;
  readonly seconds: number;
  readonly seed: number;
}

/** As deployed by default, with times of DynamoDB that the README of this folder explains. */
export const AS_DEPLOYED: Omit<Setup, "demand"> = {
  linesOfOrder: 3,
  pollers: 10,
  batchSize: 10,
  windowMs: 0,
  invocationMs: 10,
  deadlineMs: 29_000,
  transactionMs: 15,
  refusalMs: 5,
  rowsOfSku: 1,
  writes: "transaction",
  lanesBySku: false,
  onHand: 1_000_000_000,
  seconds: 10,
  seed: 1,
};

export interface Run {
  readonly decidedPerSecond: number;
  /** Of all transactions, those that were refused for a conflict: 0 to 1. */
  readonly refused: number;
  /** From the arrival of an order to its decision; in a queue that is never empty, from its first receive. */
  readonly waitMs: { readonly median: number; readonly p99: number; readonly longest: number };
  /** Orders that were not decided at the deadline of their invocation. */
  readonly returned: number;
  readonly rejected: number;
  /** Decisions that differ from those of one order after the other, in the sequence of batches. */
  readonly unequal: number;
}

interface Message {
  readonly event: OrderEvent;
  readonly at: number;
  /** The rank of its most frequent SKU. */
  readonly rank: number;
}

/** Messages that lanes hold ahead of slower ones. */
const LANES_BACKLOG = 5_000;

/** Runs the deployed group commit and its retries on a clock of its own. The same setup has the same result. */
export async function runHotStock(setup: Setup): Promise<Run> {
  const random = seeded(setup.seed);
  const time = virtualTime(random);
  const { clock } = time;
  const tables = memoryTables(clock.now);
  const placeInBatch = new Map<string, number>();
  const { audited, counts } = auditOf(tables.orderStockStore, setup.onHand, placeInBatch);
  const store = conflictingStore(audited, clock, setup);
  const reserve = reserveStock({ orderStockStore: store });

  let placed = 0;
  const place = (): Message => {
    const ranks = Array.from({ length: setup.linesOfOrder }, () => setup.demand.draw(random));
    const lines = ranks.map((rank) => ({ sku: `SKU-${rank}`, quantity: 1, unitPrice: 100 }));
    for (const { sku } of lines)
      if (!tables.rows.stock.has(sku))
        tables.rows.stock.set(sku, { sku, onHand: setup.onHand, held: 0, available: setup.onHand });
    const contact = { email: "ada@example.com" };
    const order = newOrder(
      { customerId: "c", contact, currency: "EUR", lines },
      `key-${placed++}`,
      clock.now(),
    );
    tables.rows.orders.set(order.orderId, order);
    return { event: eventOf(order), at: clock.now(), rank: Math.min(...ranks) };
  };

  const queues = Array.from({ length: setup.lanesBySku ? setup.pollers : 1 }, (): Message[] => []);
  const queueOf = (index: number) => queues[index % queues.length] as Message[];
  const arrive = (message: Message) => queueOf(message.rank).push(message);
  const waiting = () => queues.reduce((sum, { length }) => sum + length, 0);

  /** Up to `limit` messages; a queue that is never empty is filled now. */
  function take(poller: number, limit: number): Message[] {
    const queue = queueOf(poller);
    if (setup.ordersPerSecond === undefined)
      while (queue.length < limit && waiting() < LANES_BACKLOG) arrive(place());
    return queue.splice(0, limit);
  }

  async function collect(poller: number): Promise<Message[]> {
    const batch = take(poller, setup.batchSize);
    if (batch.length === 0 || setup.ordersPerSecond === undefined) return batch;
    const closesAt = clock.now() + setup.windowMs;
    while (batch.length < setup.batchSize && clock.now() < closesAt) {
      await clock.sleep(Math.min(5, closesAt - clock.now()));
      batch.push(...take(poller, setup.batchSize - batch.length));
    }
    return batch;
  }

  const waits: number[] = [];
  let returned = 0;
  async function poll(poller: number): Promise<never> {
    for (;;) {
      const batch = await collect(poller);
      await clock.sleep(batch.length === 0 ? 1 : setup.invocationMs * (0.8 + 0.4 * clock.random()));
      for (const [i, { event }] of batch.entries()) placeInBatch.set(event.subject, i);
      const outcomes = await reserve(
        batch.map(({ event }) => event),
        clock.now() + setup.deadlineMs,
      );
      for (const [i, message] of batch.entries()) {
        if (outcomes[i]?.kind === "done") waits.push(clock.now() - message.at);
        else {
          returned++;
          arrive(message);
        }
      }
    }
  }

  async function arriveAtRate(perSecond: number): Promise<never> {
    for (;;) {
      await clock.sleep((-Math.log(1 - random.next()) * 1_000) / perSecond);
      arrive(place());
    }
  }

  if (setup.ordersPerSecond !== undefined) void arriveAtRate(setup.ordersPerSecond);
  for (let poller = 0; poller < setup.pollers; poller++) void poll(poller);
  await time.runUntil(setup.seconds * 1_000);
  return {
    decidedPerSecond: waits.length / setup.seconds,
    refused: store.calls.made === 0 ? 0 : store.calls.refused / store.calls.made,
    waitMs: { median: quantile(waits, 0.5), p99: quantile(waits, 0.99), longest: quantile(waits, 1) },
    returned,
    ...counts,
  };
}

/** Repeats every committed plan one order after the other, in the sequence of its batch, on stock of its own. */
export function auditOf(inner: OrderStockStore, onHand: number, placeInBatch: ReadonlyMap<string, number>) {
  const left = new Map<string, number>();
  const counts = { unequal: 0, rejected: 0 };
  const unitsOf = (sku: string) => left.get(sku) ?? onHand;

  function repeat({ confirm, reject }: ReservationPlan): void {
    const isRejected = new Set(reject.map(({ order }) => order));
    const placeOf = ({ orderId }: OrderLines) => placeInBatch.get(orderId) ?? 0;
    const inSequence = [...confirm, ...isRejected].sort((one, other) => placeOf(one) - placeOf(other));
    for (const order of inSequence) {
      const isCovered = order.lines.every(({ sku, quantity }) => unitsOf(sku) >= quantity);
      if (isCovered) for (const { sku, quantity } of order.lines) left.set(sku, unitsOf(sku) - quantity);
      if (isCovered === isRejected.has(order)) counts.unequal++;
    }
    counts.rejected += reject.length;
  }

  const audited: OrderStockStore = {
    async reserve(plan, deadline) {
      const commit = await inner.reserve(plan, deadline);
      if (commit.kind === "committed") repeat(plan);
      return commit;
    },
    release: inner.release,
  };
  return { audited, counts };
}
