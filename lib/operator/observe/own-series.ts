import { KAFKA_EVENT_TYPES, METRICS, SUBSCRIPTIONS } from "../../../functions/contract/names.ts";
import type { SeriesName } from "./view-types.ts";

/** One series and where its values come from: a metric of our own, and a statistic as CloudWatch names it. */
export interface OwnSeries {
  readonly name: SeriesName;
  readonly metric: string;
  readonly statistic: "Sum" | "p50" | "p99";
  /** Absent: of the whole service. */
  readonly consumer?: string;
  /** The types by which the consumer's metric has to be summed up; absent for the whole service. */
  readonly types?: readonly string[];
}

const { published, received, consumed, duplicate, ignored, failed, parked, processingTime } = METRICS;
/** Publishers count the stream's records as consumed: what was consumed is the sum over those that process events. */
const COUNTS = { published, received, duplicate, ignored, failed, parked } as const;
const PROCESSORS = { ...SUBSCRIPTIONS, "order-events-kafka": KAFKA_EVENT_TYPES } as const;
/** Per consumer only what tells whether it works: each series of CloudWatch costs a request. */
const OF_A_CONSUMER = { consumed, failed, parked } as const;

/** What the console plots, of the service and of each consumer that processes events. */
export const OWN_SERIES: readonly OwnSeries[] = [
  ...Object.entries(COUNTS).map(([name, metric]) => sum(name as SeriesName, metric)),
  { name: "processingP50", metric: processingTime, statistic: "p50" },
  { name: "processingP99", metric: processingTime, statistic: "p99" },
  ...Object.entries(PROCESSORS).flatMap(([consumer, types]) =>
    Object.entries(OF_A_CONSUMER).map(([name, metric]) => ({
      ...sum(name as SeriesName, metric),
      consumer,
      // What could not be read is counted under the type `unknown`.
      types: [...types, "unknown"],
    })),
  ),
];

function sum(name: SeriesName, metric: string): OwnSeries {
  return { name, metric, statistic: "Sum" };
}

/** The sum of values of which some are not known; null where none is. */
export function sumOfKnown(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === "number");
  return known.length === 0 ? null : known.reduce((left, right) => left + right, 0);
}
