import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type ApiTarget, exchange, segment } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";

export interface LoadPlan {
  /** Orders a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly skus: number;
}

/** What came of the orders so far. */
export interface LoadCounts {
  sent: number;
  accepted: number;
  elapsedMs: number;
  /** From request to answer, of each accepted order. */
  readonly answeredMs: number[];
  /** From request to settled, of those that were watched. */
  readonly settledMs: number[];
  /** How many orders were looked at until they settled: a sample of those that were accepted. */
  followed: number;
  /** Of the orders that were not accepted: code of the refusal, or what went wrong with the request, and how often. */
  readonly errors: Map<string, number>;
}

const TELL_MS = 250;
/** Few enough that watching stays far below the API's throttle. */
const WATCHED_AT_ONCE = 2;
const LOOK_MS = 40;
/** How long a watched order is looked at. */
export const SETTLE_MS = 15_000;

/**
 * Sends orders by the clock, whether the ones before were answered or not: an API that slows down is not sent
 * less. Ends once every order was answered.
 */
export async function generateLoad(
  target: ApiTarget,
  { rate, seconds, skus }: LoadPlan,
  tell: (counts: LoadCounts) => void,
): Promise<LoadCounts> {
  const counts: LoadCounts = {
    sent: 0,
    accepted: 0,
    elapsedMs: 0,
    answeredMs: [],
    settledMs: [],
    followed: 0,
    errors: new Map(),
  };
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  let watching = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  const under = new Set<Promise<void>>();

  async function one(index: number): Promise<void> {
    const sentAt = performance.now();
    const orderId = await place(target, `load-${(index % skus) + 1}`, counts);
    if (orderId === undefined) return;
    counts.accepted += 1;
    counts.answeredMs.push(performance.now() - sentAt);
    if (watching >= WATCHED_AT_ONCE) return;
    watching += 1;
    counts.followed += 1;
    if (await settles(target, orderId)) counts.settledMs.push(performance.now() - sentAt);
    watching -= 1;
  }

  const total = rate * seconds;
  while (counts.sent < total) {
    const due = Math.min(total, Math.floor((elapsed() / 1_000) * rate) + 1);
    while (counts.sent < due) {
      const running: Promise<void> = one(counts.sent).finally(() => under.delete(running));
      under.add(running);
      counts.sent += 1;
    }
    if (elapsed() - toldAt >= TELL_MS) {
      counts.elapsedMs = elapsed();
      tell(counts);
      toldAt = elapsed();
    }
    await wait(Math.max(1, (counts.sent / rate) * 1_000 - elapsed()));
  }
  // The last order was sent one interval before the time is over.
  counts.elapsedMs = Math.max(elapsed(), seconds * 1_000);
  await Promise.all(under);
  return counts;
}

async function place(target: ApiTarget, sku: string, counts: LoadCounts): Promise<string | undefined> {
  try {
    const { status, body } = await exchange(target, {
      method: "POST",
      path: "/orders",
      headers: { "Idempotency-Key": randomUUID() },
      body: {
        customerId: "load",
        contact: { email: "load@example.com" },
        currency: "EUR",
        lines: [{ sku, quantity: 1, unitPrice: 100 }],
      },
    });
    if (status === 202) return String(body["orderId"]);
    count(counts, `${status} ${body["code"] ?? ""}`.trim());
  } catch (error) {
    count(counts, error instanceof Error ? error.message : String(error));
  }
  return undefined;
}

function count({ errors }: LoadCounts, what: string): void {
  errors.set(what, (errors.get(what) ?? 0) + 1);
}

/** Looks until the order is settled, past looks that nobody answers; false when its time is over. */
async function settles(target: ApiTarget, orderId: string): Promise<boolean> {
  const until = performance.now() + SETTLE_MS;
  while (performance.now() < until) {
    await wait(LOOK_MS);
    const looked = await exchange(target, { path: `/orders/${segment(orderId)}` }).catch(unanswered);
    if (looked?.status === 200 && looked.body["status"] !== "PENDING") return true;
  }
  return false;
}

function unanswered(error: unknown): undefined {
  if (!(error instanceof RequestError)) throw error;
}

/** In whole milliseconds; null for no values. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return value === undefined ? null : Math.round(value);
}
