import { METRICS } from "../../../functions/contract/names.ts";
import type { Check, FinalState } from "./final-state.ts";

const OUTCOMES = [METRICS.consumed, METRICS.duplicate, METRICS.ignored, METRICS.failed, METRICS.parked];

/** No work is in progress, failures are listed, and the metrics add up. */
export const REST_CHECKS: readonly ((state: FinalState) => Check)[] = [
  function atRest({ unfinished, failed }) {
    const between = [...failed.values()].filter(
      ({ status }) => status === "RETRYING" || status === "REDRIVEN",
    );
    return {
      name: "queues, dead-letter queues and bucket are empty, and no row is in progress",
      examined: failed.size,
      violations: [...unfinished, ...between.map(({ failedKey, status }) => `${failedKey} is ${status}`)],
    };
  },
  function poisonsAreKept({ poisons, failed }) {
    return {
      name: "every poison is open in the store, with its reason",
      examined: poisons.length,
      violations: poisons.flatMap(({ failedKey, reason }) => {
        const row = failed.get(failedKey);
        const isKept = row?.status === "OPEN" && row.reason === reason;
        return isKept ? [] : [`${failedKey} is ${row?.status} ${row?.reason}, sent as ${reason}`];
      }),
    };
  },
  function onlyWhatMayFail({ poisons, failed }) {
    const known = new Set(poisons.map(({ failedKey }) => failedKey));
    const open = [...failed.values()].filter(({ status }) => status === "OPEN");
    const mayStay = new Set(["OUTCOME_UNKNOWN", "RETRIES_EXHAUSTED", "NO_REPORT"]);
    return {
      name: "every other open row failed for good, and none was refused as malformed",
      examined: open.length,
      violations: open
        .filter(({ failedKey, reason }) => !known.has(failedKey) && !mayStay.has(reason))
        .map(({ failedKey, reason, errorMessage }) => `${failedKey}: ${reason} ${errorMessage ?? ""}`),
    };
  },
  function metricsAddUp({ metrics }) {
    const sums = new Map<string, Map<string, number>>();
    for (const { id, sum } of metrics) {
      const { consumer, type } = id.dimensions;
      if (consumer === undefined || type === undefined) continue;
      const of = `${consumer} ${type}`;
      sums.set(of, (sums.get(of) ?? new Map()).set(id.name, sum));
    }
    return {
      name: "received = consumed + duplicate + ignored + failed + parked",
      examined: sums.size,
      violations: [...sums].flatMap(([of, counts]) => {
        const received = counts.get(METRICS.received) ?? 0;
        const finished = OUTCOMES.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0);
        return received === finished ? [] : [`${of}: ${received} received, ${finished} finished`];
      }),
    };
  },
];
