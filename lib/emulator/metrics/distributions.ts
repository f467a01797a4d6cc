import { METRICS } from "../../../functions/contract/names.ts";
import type { MetricId } from "../assembly/model.ts";

/** How long orders take from the publishing of their creation to that of their outcome: the emulator's own measure. */
export const ORDER_LATENCY: MetricId = { namespace: "emulator", name: "order.latency", dimensions: {} };

/** The metrics of which the emulator keeps the distribution. */
export const DISTRIBUTIONS: ReadonlySet<string> = new Set([METRICS.processingTime, ORDER_LATENCY.name]);
