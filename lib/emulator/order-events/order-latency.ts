import { METRICS } from "../../../functions/contract/names.ts";
import type { MetricId } from "../assembly/model.ts";

/** Time from the publishing of an order's creation to that of its outcome: a metric of the emulator alone. */
export const ORDER_LATENCY: MetricId = { namespace: "emulator", name: "order.latency", dimensions: {} };

/** The metrics whose distribution the emulator keeps. */
export const DISTRIBUTIONS: ReadonlySet<string> = new Set([METRICS.processingTime, ORDER_LATENCY.name]);
