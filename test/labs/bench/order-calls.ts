import { readFileSync } from "node:fs";

/** The usage of one order of one line from POST to its mail. */
export interface OrderCalls {
  /** Source of the numbers: measured, or the aim. */
  readonly source: string;
  /** Requests of the functions to AWS services. */
  readonly calls: Readonly<Record<string, number>>;
  /** Invocations of each function, and milliseconds of one. */
  readonly invocations: Readonly<Record<string, { readonly count: number; readonly ms: number }>>;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly publishes: number;
  /** Receives and deletes by Lambda's pollers. */
  readonly queueRequests: number;
  readonly mails: number;
  readonly logBytes: number;
}

/** The design's aim for batches of ten. The milliseconds are estimates; the rest is counted by hand. */
export const AIM: OrderCalls = {
  source: "the design's aim at batches of ten, not a measurement",
  calls: {
    "place-order: PutItem": 1,
    "place-order: GetQueueAttributes": 0.1,
    "publish-events: PublishBatch": 0.2,
    "order-created: TransactWriteItems": 0.1,
    "notify-customer: BatchGetItem": 0.1,
    "notify-customer: PutItem": 1,
    "notify-customer: SendEmail": 1,
    "notify-customer: UpdateItem": 1,
  },
  invocations: {
    "place-order": { count: 1, ms: 12 },
    "publish-events": { count: 0.2, ms: 25 },
    "order-created": { count: 0.1, ms: 30 },
    "notify-customer": { count: 0.1, ms: 150 },
  },
  // One for the order, 2.2 for its share of a transaction, two for the index of unfinished orders, two for the mail's claim.
  writeUnits: 7.2,
  readUnits: 1,
  publishes: 0.2,
  queueRequests: 0.4,
  mails: 1,
  logBytes: 1_000,
};

/** The size of batches follows the rate of orders: queues collect no messages for a batch. */
export interface CountedOrders {
  /** Below an order a second or so. */
  readonly oneByOne: OrderCalls;
  readonly inFullBatches: OrderCalls;
}

/** The counted calls of an earlier run. Throws where the file lacks a number. */
export function countedOrders(file: string): CountedOrders {
  const { oneByOne, inFullBatches } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  if (!isOrderCalls(oneByOne) || !isOrderCalls(inFullBatches)) {
    throw new Error(
      `${file} has to hold oneByOne and inFullBatches, each with ${Object.keys(AIM).join(", ")}.`,
    );
  }
  return { oneByOne, inFullBatches };
}

function isOrderCalls(value: unknown): value is OrderCalls {
  if (typeof value !== "object" || value === null) return false;
  const found = value as Record<string, unknown>;
  return Object.entries(AIM).every(([key, aimed]) => typeof found[key] === typeof aimed);
}
