import type { Step } from "./drive-orders.ts";
import type { OrderCalls } from "./order-calls.ts";
import { readUnits, writeUnits } from "./recorder.ts";
import { median } from "./statistics.ts";

/** The usage of one order for the cost model. The milliseconds are those of emulators on one machine. */
export function countedCalls(steps: readonly Step[], orders: number, batch: number): OrderCalls {
  const calls: Record<string, number> = {};
  const invocations: Record<string, { count: number; ms: number }> = {};
  for (const { functionName, calls: made, invocations: count, ms } of steps) {
    for (const { operation } of made) {
      const name = `${functionName}: ${operation}`;
      calls[name] = (calls[name] ?? 0) + 1;
    }
    const before = invocations[functionName];
    invocations[functionName] = {
      count: rounded((before?.count ?? 0) + count / orders),
      ms: rounded(Math.max(before?.ms ?? 0, median(ms))),
    };
  }
  const all = steps.flatMap((step) => step.calls);
  const sum = (of: (step: Step) => number) => steps.reduce((total, step) => total + of(step), 0) / orders;
  const countOf = (operation: string) => all.filter((call) => call.operation === operation).length / orders;
  return {
    source: `counted by npm run bench: ${orders} orders of one SKU, ${batch} in a batch, on emulators`,
    calls: Object.fromEntries(Object.entries(calls).map(([name, count]) => [name, rounded(count / orders)])),
    invocations,
    writeUnits: rounded(writeUnits(all) / orders),
    readUnits: rounded(readUnits(all) / orders),
    publishes: rounded(countOf("PublishBatch")),
    queueRequests: rounded(sum(({ queueRequests }) => queueRequests)),
    mails: rounded(countOf("SendEmail")),
    logBytes: Math.round(sum(({ logBytes }) => logBytes)),
  };
}

const rounded = (value: number) => Number(value.toFixed(3));
