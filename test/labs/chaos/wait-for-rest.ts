import { setTimeout as pause } from "node:timers/promises";
import { physicalName } from "../../../lib/constructs/resource-names.ts";
import type { Emulator } from "../../../lib/emulator/start-emulator.ts";
import type { Tables } from "./tables.ts";

/** Time until rest, or the work that was left at the time-out. */
export interface RestResult {
  readonly seconds: number;
  readonly unfinished: readonly string[];
}

const LOOK_MS = 1_000;
/** More often than each minute, so that due work is done sooner. */
const SCHEDULE_MS = 5_000;
const STILL_MS = 4_000;
const MAINTENANCE = "maintenance";

/** Waits until queues are empty, no function runs and no row of the failed-message store is in progress. */
export async function untilAtRest(
  emulator: Emulator,
  tables: Tables,
  timeoutMs: number,
  log: (text: string) => void,
): Promise<RestResult> {
  const startedAt = performance.now();
  const since = (at: number) => performance.now() - at;
  let ranAt = startedAt;
  let runs = invocationsOf(emulator);
  let scheduledAt = Number.NEGATIVE_INFINITY;
  let pending: readonly string[] = [];
  for (;;) {
    if (since(scheduledAt) > SCHEDULE_MS) {
      scheduledAt = performance.now();
      await emulator.host.invoke(MAINTENANCE, {});
      pending = await pendingRows(tables);
      const waitedFor = [...queued(emulator), ...parkedBatches(emulator), ...pending];
      log(waitedFor.length === 0 ? "functions run" : waitedFor.join(", "));
    }
    const now = invocationsOf(emulator);
    if (now !== runs) ranAt = performance.now();
    runs = now;
    const moving = [...queued(emulator), ...parkedBatches(emulator), ...pending];
    const isStill = since(ranAt) > STILL_MS;
    const isDone = isStill && moving.length === 0;
    if (isDone || since(startedAt) > timeoutMs) {
      return {
        seconds: since(startedAt) / 1_000,
        unfinished: isStill || moving.length > 0 ? moving : ["functions still run"],
      };
    }
    await pause(LOOK_MS);
  }
}

/** Number of invocations, without those of maintenance. */
function invocationsOf({ monitor }: Emulator): number {
  return monitor.metrics
    .totals()
    .filter(({ id }) => id.namespace === "AWS/Lambda" && id.name === "Duration")
    .filter(({ id }) => id.dimensions["FunctionName"] !== physicalName("local", MAINTENANCE))
    .reduce((sum, { count }) => sum + count, 0);
}

export function queued({ monitor }: Emulator): string[] {
  return monitor
    .depths()
    .map(({ name, visible, inFlight, delayed }) => ({ name, count: visible + inFlight + delayed }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} in ${name}`);
}

/** Stream batches that crashed the publisher and are not imported. */
export function parkedBatches({ messaging, model }: Emulator): string[] {
  const count = model.buckets.reduce(
    (sum, bucket) => sum + messaging.buckets.listObjects(bucket, {}).objects.length,
    0,
  );
  return count === 0 ? [] : [`${count} crashed batches`];
}

/** Rows that a message or maintenance will change. */
async function pendingRows(tables: Tables): Promise<string[]> {
  const counts = new Map<string, number>();
  for (const { status, consumer } of await tables.failedMessages()) {
    const isDue = status === "OPEN" && consumer === "publish-events";
    const what = isDue ? "to republish" : status;
    if (isDue || status === "RETRYING" || status === "REDRIVEN") {
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  }
  return [...counts].map(([what, count]) => `${count} rows ${what}`);
}
