import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type ApiTarget, call, exchange } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import { DECISION_TIMEOUT_MS } from "./until-decided.ts";

export interface LoadPlan {
  /** Orders a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly skus: number;
}

/** Results so far. */
export interface LoadCounts {
  sent: number;
  accepted: number;
  elapsedMs: number;
  /** From request to response, of each accepted order. */
  readonly answeredMs: number[];
  /** From request to a status other than PENDING, of the orders that were followed. */
  readonly decidedMs: number[];
  /** How many orders were polled until they were decided: a sample of the accepted ones. */
  followed: number;
  /** Orders that were not accepted, counted by status and code, or by the error of the request. */
  readonly errors: Map<string, number>;
}

const REPORT_MS = 250;
/** Few enough that polling stays far below the API's throttle. */
const MAX_FOLLOWED_AT_ONCE = 2;
const MIN_POLL_MS = 40;
const MAX_POLL_MS = 1_000;

/**
 * Sends orders at a constant rate, without waiting for earlier responses: an API that slows down gets no less load.
 * Resolves after the last response; an
 * interruption ends it earlier.
 */
export async function generateLoad(
  target: ApiTarget,
  { rate, seconds, skus }: LoadPlan,
  report: (counts: LoadCounts) => void,
  interruption: AbortSignal,
): Promise<LoadCounts> {
  const counts: LoadCounts = {
    sent: 0,
    accepted: 0,
    elapsedMs: 0,
    answeredMs: [],
    decidedMs: [],
    followed: 0,
    errors: new Map(),
  };
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  let following = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;
  const inFlight = new Set<Promise<void>>();

  async function one(index: number): Promise<void> {
    const sentAt = performance.now();
    const orderId = await place(target, `load-${(index % skus) + 1}`, counts);
    if (orderId === undefined) return;
    counts.accepted += 1;
    counts.answeredMs.push(performance.now() - sentAt);
    if (following >= MAX_FOLLOWED_AT_ONCE) return;
    following += 1;
    counts.followed += 1;
    if (await isDecided(target, orderId, interruption)) counts.decidedMs.push(performance.now() - sentAt);
    else if (interruption.aborted) counts.followed -= 1;
    following -= 1;
  }

  const total = rate * seconds;
  while (counts.sent < total && !interruption.aborted) {
    const due = Math.min(total, Math.floor((elapsed() / 1_000) * rate) + 1);
    while (counts.sent < due) {
      const running: Promise<void> = one(counts.sent).finally(() => inFlight.delete(running));
      inFlight.add(running);
      counts.sent += 1;
    }
    if (elapsed() - reportedAt >= REPORT_MS) {
      counts.elapsedMs = elapsed();
      report(counts);
      reportedAt = elapsed();
    }
    const pause = Math.max(1, (counts.sent / rate) * 1_000 - elapsed());
    await wait(pause, undefined, { signal: interruption }).catch(() => {});
  }
  // The last order was sent one interval before the time is over.
  counts.elapsedMs = interruption.aborted ? elapsed() : Math.max(elapsed(), seconds * 1_000);
  const all = Promise.all(inFlight);
  while (inFlight.size > 0) {
    report(counts);
    await Promise.race([all, wait(REPORT_MS)]);
  }
  return counts;
}

async function place(target: ApiTarget, sku: string, counts: LoadCounts): Promise<string | undefined> {
  try {
    const { isSuccess, status, body } = await exchange(target, "POST /orders", {
      headers: { "Idempotency-Key": randomUUID() },
      body: {
        customerId: "load",
        contact: { email: "load@example.com" },
        currency: "EUR",
        lines: [{ sku, quantity: 1, unitPrice: 100 }],
      },
    });
    if (isSuccess) return body.orderId;
    count(counts, `${status} ${body["code"] ?? ""}`.trim());
  } catch (error) {
    count(counts, error instanceof Error ? error.message : String(error));
  }
  return undefined;
}

function count({ errors }: LoadCounts, what: string): void {
  errors.set(what, (errors.get(what) ?? 0) + 1);
}

/**
 * Polls until the order is decided, ignoring failed requests; false after the time-out or an interruption. A pause is a tenth
 * of the wait so far: the measured time is at most that much too long.
 */
async function isDecided(target: ApiTarget, orderId: string, interruption: AbortSignal): Promise<boolean> {
  const startedAt = performance.now();
  const waitedMs = () => performance.now() - startedAt;
  while (waitedMs() < DECISION_TIMEOUT_MS && !interruption.aborted) {
    await wait(Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, waitedMs() / 10)));
    const order = await call(target, "GET /orders/{orderId}", { orderId }).catch(ignoreRequestError);
    if (order !== undefined && order.status !== "PENDING") return true;
  }
  return false;
}

function ignoreRequestError(error: unknown): undefined {
  if (!(error instanceof RequestError)) throw error;
}

/** In whole milliseconds; null for no values. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return value === undefined ? null : Math.round(value);
}
