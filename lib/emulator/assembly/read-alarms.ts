import { type AlarmSpec, STATISTICS, type Statistic } from "./model.ts";
import type { ResolvedAssembly } from "./resolve-assembly.ts";
import { AssemblyError, listAt, numberAt, recordAt, stringAt } from "./template-values.ts";

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** The alarms of the assembly, without metric math, percentiles and anomaly bands. */
export const readAlarms = (assembly: ResolvedAssembly): AlarmSpec[] =>
  assembly.read("AWS::CloudWatch::Alarm", ({ name, path, properties }) => {
    if (properties["Metrics"] !== undefined) {
      throw new AssemblyError(`${path}: the local emulator evaluates alarms of one metric, not metric math`);
    }
    const operator = stringAt(properties["ComparisonOperator"], `${path}: ComparisonOperator`);
    const breaches = COMPARISONS[operator];
    if (breaches === undefined)
      throw new AssemblyError(`${path}: the local emulator does not support the operator ${operator}`);
    const periods = numberAt(properties["EvaluationPeriods"], `${path}: EvaluationPeriods`);
    return {
      name,
      description: typeof properties["AlarmDescription"] === "string" ? properties["AlarmDescription"] : "",
      metric: {
        namespace: stringAt(properties["Namespace"], `${path}: Namespace`),
        name: stringAt(properties["MetricName"], `${path}: MetricName`),
        dimensions: Object.fromEntries(
          listAt(properties["Dimensions"], `${path}: Dimensions`).map((item) => {
            const { Name: key, Value: value } = recordAt(item, `${path}: Dimensions`);
            return [String(key), String(value)];
          }),
        ),
      },
      statistic: statisticAt(properties["Statistic"], `${path}: Statistic`),
      periodMs: numberAt(properties["Period"], `${path}: Period`) * 1000,
      breaches,
      threshold: numberAt(properties["Threshold"], `${path}: Threshold`),
      evaluationPeriods: periods,
      datapointsToAlarm: numberAt(properties["DatapointsToAlarm"], `${path}: DatapointsToAlarm`, periods),
      missingBreaches: properties["TreatMissingData"] === "breaching",
      actions: listAt(properties["AlarmActions"], `${path}: AlarmActions`).map(String),
    };
  });

function statisticAt(value: unknown, where: string): Statistic {
  const known = STATISTICS.find((statistic) => statistic === value);
  if (known === undefined)
    throw new AssemblyError(`${where}: the local emulator supports ${STATISTICS.join(", ")}, not ${value}`);
  return known;
}
