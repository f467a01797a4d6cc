import { setTimeout as pause } from "node:timers/promises";
import { physicalName } from "../../../lib/constructs/resource-names.ts";
import type { Emulator } from "../../../lib/emulator/start-emulator.ts";
import type { Tables } from "./tables.ts";

/** How the emulator came to rest, or what still moved when the time was up. */
export interface Quiet {
  readonly seconds: number;
  readonly stillMoving: readonly string[];
}

const LOOK_MS = 1_000;
/** As its schedule does, but more often: whatever is due is done soon. */
const SCHEDULE_MS = 5_000;
const STILL_MS = 4_000;
const MAINTENANCE = "maintenance";

/** Waits until nothing is queued, nothing runs and no row of the failed-message store is on its way. */
export async function untilAtRest(
  emulator: Emulator,
  tables: Tables,
  patienceMs: number,
  log: (text: string) => void,
): Promise<Quiet> {
  const startedAt = performance.now();
  const since = (at: number) => performance.now() - at;
  let ranAt = startedAt;
  let runs = invocationsOf(emulator);
  let scheduledAt = Number.NEGATIVE_INFINITY;
  let underWay: readonly string[] = [];
  for (;;) {
    if (since(scheduledAt) > SCHEDULE_MS) {
      scheduledAt = performance.now();
      await emulator.host.invoke(MAINTENANCE, {});
      underWay = await rowsUnderWay(tables);
      const waitedFor = [...queued(emulator), ...parkedBatches(emulator), ...underWay];
      log(waitedFor.length === 0 ? "functions run" : waitedFor.join(", "));
    }
    const now = invocationsOf(emulator);
    if (now !== runs) ranAt = performance.now();
    runs = now;
    const moving = [...queued(emulator), ...parkedBatches(emulator), ...underWay];
    const isStill = since(ranAt) > STILL_MS;
    const isDone = isStill && moving.length === 0;
    if (isDone || since(startedAt) > patienceMs) {
      return {
        seconds: since(startedAt) / 1_000,
        stillMoving: isStill || moving.length > 0 ? moving : ["functions still run"],
      };
    }
    await pause(LOOK_MS);
  }
}

/** How often any function but the schedule's was invoked. */
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

/** Stream batches that crashed the publisher and were not imported yet. */
export function parkedBatches({ messaging, model }: Emulator): string[] {
  const count = model.buckets.reduce(
    (sum, bucket) => sum + messaging.buckets.listObjects(bucket, {}).objects.length,
    0,
  );
  return count === 0 ? [] : [`${count} crashed batches`];
}

/** Rows that a message or the schedule will move on. */
async function rowsUnderWay(tables: Tables): Promise<string[]> {
  const counts = new Map<string, number>();
  for (const { status, consumer } of await tables.failedMessages()) {
    const isDue = status === "OPEN" && consumer === "publish-events";
    const what = isDue ? "to publish again" : status;
    if (isDue || status === "RETRYING" || status === "REDRIVEN") {
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  }
  return [...counts].map(([what, count]) => `${count} rows ${what}`);
}
