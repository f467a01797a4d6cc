import { BROKER_EVENT_TYPES, SUBSCRIPTIONS } from "../../../functions/consumers/consumers.ts";
import { METRICS } from "../../../functions/contract/names.ts";
import type { SeriesName } from "./view-types.ts";

/** A series and the metric of the functions that it is read from. */
export interface OwnSeries {
  readonly name: SeriesName;
  readonly metric: string;
  readonly statistic: "Sum" | "p50" | "p99";
  /** Absent for the whole service. */
  readonly consumer?: string;
  /** Event types to sum the consumer's metric over; absent for the whole service. */
  readonly types?: readonly string[];
}

const { published, received, consumed, duplicate, ignored, failed, parked, processingTime } = METRICS;
/** Without `consumed`, in which publishers count records of the stream: it is plotted per processing consumer. */
const COUNTS = { published, received, duplicate, ignored, failed, parked } as const;
const PROCESSORS = {
  ...SUBSCRIPTIONS,
  "order-events-kafka": BROKER_EVENT_TYPES,
  "order-events-rabbitmq": BROKER_EVENT_TYPES,
} as const;
/** Only the essential ones per consumer: CloudWatch charges for each series. */
const OF_A_CONSUMER = { consumed, failed, parked } as const;

/** The series that the console plots, of the service and of each consumer that processes events. */
export const OWN_SERIES: readonly OwnSeries[] = [
  ...Object.entries(COUNTS).map(([name, metric]) => sum(name as SeriesName, metric)),
  { name: "processingP50", metric: processingTime, statistic: "p50" },
  { name: "processingP99", metric: processingTime, statistic: "p99" },
  ...Object.entries(PROCESSORS).flatMap(([consumer, types]) =>
    Object.entries(OF_A_CONSUMER).map(([name, metric]) => ({
      ...sum(name as SeriesName, metric),
      consumer,
      // Malformed messages are counted under the type `unknown`.
      types: [...types, "unknown"],
    })),
  ),
];

function sum(name: SeriesName, metric: string): OwnSeries {
  return { name, metric, statistic: "Sum" };
}

/** The sum of the known values; null where all are unknown. */
export function sumOfKnown(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === "number");
  return known.length === 0 ? null : known.reduce((left, right) => left + right, 0);
}
