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
  const metrics: { Name: string; Unit: "Count" | "Milliseconds" }[] = [];
  const values: Record<string, number | readonly number[]> = {};
  for (const [Name, count] of Object.entries(line.counts)) {
    if (count <= 0) continue;
    metrics.push({ Name, Unit: "Count" });
    values[Name] = count;
  }
  for (const [Name, times] of Object.entries(line.milliseconds ?? {})) {
    if (times.length === 0) continue;
    metrics.push({ Name, Unit: "Milliseconds" });
    values[Name] = sample(times);
  }
  const directive = { Namespace: SERVICE, Dimensions: line.dimensionSets, Metrics: metrics };
  const about = { Timestamp: line.at, CloudWatchMetrics: [directive] };
  return `${JSON.stringify({ _aws: about, ...line.dimensions, ...values })}\n`;
}

function sample(values: readonly number[]): readonly number[] {
  if (values.length <= VALUES_PER_METRIC) return values;
  return Array.from(
    { length: VALUES_PER_METRIC },
    (_, i) => values[Math.floor((i * values.length) / VALUES_PER_METRIC)] ?? 0,
  );
}
