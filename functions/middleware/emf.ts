import { SERVICE } from "../contract/names.ts";

/** One line of CloudWatch's embedded metric format, as data. */
export interface MetricsLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly dimensionSets: readonly (readonly string[])[];
  /** Counts of 0 are left out: each name with each dimension set is a paid metric. */
  readonly counts: Readonly<Record<string, number>>;
  readonly milliseconds?: Readonly<Record<string, readonly number[]>>;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const VALUES_PER_METRIC = 100;

/** The line, newline included. Of more than 100 durations, 100 evenly spaced ones are kept. */
export function emfLine(line: MetricsLine): string {
  const counts = Object.entries(line.counts).filter(([, count]) => count > 0);
  const times = Object.entries(line.milliseconds ?? {}).filter(([, values]) => values.length > 0);
  const metrics = [
    ...counts.map(([Name]) => ({ Name, Unit: "Count" })),
    ...times.map(([Name]) => ({ Name, Unit: "Milliseconds" })),
  ];
  const directive = { Namespace: SERVICE, Dimensions: line.dimensionSets, Metrics: metrics };
  return `${JSON.stringify({
    _aws: { Timestamp: line.at, CloudWatchMetrics: [directive] },
    ...line.dimensions,
    ...Object.fromEntries(counts),
    ...Object.fromEntries(times.map(([name, values]) => [name, sample(values)])),
  })}\n`;
}

function sample(values: readonly number[]): readonly number[] {
  if (values.length <= VALUES_PER_METRIC) return values;
  return Array.from(
    { length: VALUES_PER_METRIC },
    (_, i) => values[Math.floor((i * values.length) / VALUES_PER_METRIC)] ?? 0,
  );
}
