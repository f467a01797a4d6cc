import type { AlarmMetric, AlarmSpec } from "./model.ts";
import type { ResolvedAssembly, ResolvedResource } from "./resolve-assembly.ts";
import {
  AssemblyError,
  booleanAt,
  type Json,
  listAt,
  numberAt,
  recordAt,
  stringAt,
} from "./template-values.ts";

/** The alarms of the assembly: of one metric, or of metric math over several. */
export const readAlarms = (assembly: ResolvedAssembly): AlarmSpec[] =>
  assembly.ofType("AWS::CloudWatch::Alarm").map((resource) => {
    const { name, path, properties } = resource;
    const metrics = readMetrics(resource);
    const periods = numberAt(properties["EvaluationPeriods"], `${path}: EvaluationPeriods`);
    const watched = metrics.find(({ returned }) => returned) ?? metrics[0];
    if (watched === undefined) throw new AssemblyError(`${path} watches no metric`);
    return {
      name,
      description: typeof properties["AlarmDescription"] === "string" ? properties["AlarmDescription"] : "",
      metrics: metrics.map(({ metric }) => metric),
      watched: watched.metric.id,
      comparison: stringAt(properties["ComparisonOperator"], `${path}: ComparisonOperator`),
      threshold: numberAt(properties["Threshold"], `${path}: Threshold`),
      evaluationPeriods: periods,
      datapointsToAlarm: numberAt(properties["DatapointsToAlarm"], `${path}: DatapointsToAlarm`, periods),
      treatMissingData: String(properties["TreatMissingData"] ?? "missing"),
      actions: listAt(properties["AlarmActions"], `${path}: AlarmActions`).map(String),
    };
  });

interface ReadMetric {
  readonly metric: AlarmMetric;
  readonly returned: boolean;
}

function readMetrics({ path, properties }: ResolvedResource): ReadMetric[] {
  if (properties["MetricName"] !== undefined) {
    return [{ metric: toMetric("m1", properties, properties, path), returned: true }];
  }
  return listAt(properties["Metrics"], `${path}: Metrics`).map((item) => {
    const query = recordAt(item, `${path}: Metrics`);
    const id = stringAt(query["Id"], `${path}: Metrics.Id`);
    const returned = booleanAt(query["ReturnData"], `${path}: ReturnData`, true);
    if (query["Expression"] !== undefined) {
      const expression = stringAt(query["Expression"], `${path}: Expression`);
      return { metric: { kind: "expression", id, expression }, returned };
    }
    const stat = recordAt(query["MetricStat"], `${path}: MetricStat`);
    return { metric: toMetric(id, recordAt(stat["Metric"], `${path}: Metric`), stat, path), returned };
  });
}

/** `statistics` holds Statistic or Stat, and Period in seconds. */
const toMetric = (id: string, metric: Json, statistics: Json, path: string): AlarmMetric => ({
  kind: "metric",
  id,
  namespace: stringAt(metric["Namespace"], `${path}: Namespace`),
  name: stringAt(metric["MetricName"], `${path}: MetricName`),
  dimensions: Object.fromEntries(
    listAt(metric["Dimensions"], `${path}: Dimensions`).map((item) => {
      const { Name: name, Value: value } = recordAt(item, `${path}: Dimensions`);
      return [String(name), String(value)];
    }),
  ),
  statistic: String(
    statistics["Statistic"] ?? statistics["Stat"] ?? statistics["ExtendedStatistic"] ?? "Average",
  ),
  periodMs: numberAt(statistics["Period"], `${path}: Period`, 60) * 1000,
});
