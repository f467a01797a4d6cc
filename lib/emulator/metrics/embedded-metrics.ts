import type { MetricId } from "../assembly/model.ts";
import { isRecord } from "../assembly/template-values.ts";

export interface MetricValue {
  readonly id: MetricId;
  readonly value: number;
}

/**
 * The metrics of a log line in the embedded metric format: one value for each dimension set.
 * None for any other line.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(line: unknown): readonly MetricValue[] {
  const metadata = isRecord(line) ? line["_aws"] : undefined;
  if (!isRecord(line) || !isRecord(metadata) || !Array.isArray(metadata["CloudWatchMetrics"])) return [];
  return metadata["CloudWatchMetrics"]
    .filter(isRecord)
    .flatMap((directive) => directiveMetrics(line, directive));
}

function directiveMetrics(
  line: Readonly<Record<string, unknown>>,
  directive: Readonly<Record<string, unknown>>,
): MetricValue[] {
  const { Namespace: namespace, Dimensions: sets, Metrics: metrics } = directive;
  if (typeof namespace !== "string" || !Array.isArray(sets) || !Array.isArray(metrics)) return [];
  const names = metrics.filter(isRecord).map(({ Name: name }) => String(name));
  return sets.filter(Array.isArray).flatMap((set: unknown[]) => {
    const dimensions = Object.fromEntries(
      set.map((key) => [String(key), String(fieldOf(line, String(key)))]),
    );
    return names.flatMap((name) =>
      [fieldOf(line, name)]
        .flat()
        .filter((value) => typeof value === "number")
        .map((value) => ({ id: { namespace, name, dimensions }, value })),
    );
  });
}

/** An own property: every object has a `constructor`. */
const fieldOf = (line: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(line, name) ? line[name] : undefined;
