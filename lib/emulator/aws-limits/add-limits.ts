import { quotasOf } from "../../settings/region-quotas.ts";
import type { ApiSpec, EmulatorModel } from "../assembly/model.ts";
import { createCallChecks } from "../calls/call-checks.ts";
import { elapsed } from "../elapsed.ts";
import type { EmulatorContext } from "../emulator-context.ts";
import { delayed } from "./call-latency.ts";
import { callQuotas } from "./call-quotas.ts";
import type { LimitOptions } from "./limit-options.ts";
import { transactionConflicts } from "./transaction-conflicts.ts";
import { itemsOfTables } from "./written-items.ts";

/** Refusals of a service are logged at most this often. */
const QUIET_MS = 5_000;

/** Refuses overlapping transactions always, and where chosen what exceeds quotas; then the time of the call passes. */
export function addLimits(
  { calls, log }: Pick<EmulatorContext, "calls" | "log">,
  { tables }: Pick<EmulatorModel, "tables">,
  { latency, quotas }: LimitOptions = {},
): void {
  const limits = createCallChecks();
  if (quotas !== undefined)
    limits.add(
      callQuotas(
        quotasOf(quotas),
        tables,
        elapsed,
        quietly(quotas, (text) => log("quotas", text)),
      ),
    );
  limits.add(transactionConflicts(itemsOfTables(tables)));
  calls.add(latency === "aws" ? delayed(limits.refusalOf) : limits.refusalOf);
}

/** Counts refusals, and prints a line for each service every five seconds at most. */
function quietly(region: string, print: (text: string) => void): (service: string) => void {
  const refused = new Map<string, { count: number; printedAt: number }>();
  return (service) => {
    const each = refused.get(service) ?? { count: 0, printedAt: Number.NEGATIVE_INFINITY };
    refused.set(service, each);
    each.count++;
    if (elapsed.now() - each.printedAt < QUIET_MS) return;
    print(`${service}: ${each.count} more than the quotas of ${region} allow`);
    Object.assign(each, { count: 0, printedAt: elapsed.now() });
  };
}

/** The APIs with the quota of the account where their own throttle is above it. */
export function limitedApis(apis: readonly ApiSpec[], quotas: string | undefined): readonly ApiSpec[] {
  if (quotas === undefined) return apis;
  const { apiRequestsPerSecond, apiBurst } = quotasOf(quotas);
  return apis.map((api) => ({
    ...api,
    throttle: {
      rate: Math.min(api.throttle?.rate ?? Number.POSITIVE_INFINITY, apiRequestsPerSecond.limit),
      burst: Math.min(api.throttle?.burst ?? Number.POSITIVE_INFINITY, apiBurst.limit),
    },
  }));
}
