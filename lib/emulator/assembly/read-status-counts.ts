import type { StatusCount } from "./model.ts";
import type { ResolvedAssembly } from "./resolve-assembly.ts";
import { AssemblyError, listAt, recordAt, stringAt } from "./template-values.ts";

/** A pattern of CloudWatch for the lines of an access log with one status. */
const STATUS = /^\{\s*\(?\s*\$\.status\s*=\s*"?(\d{3})"?\s*\)?\s*\}$/;

/**
 * The metric filters of access logs that count the answers of one status. The emulator has no access log, so that others
 * are refused.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const readStatusCounts = (assembly: ResolvedAssembly): StatusCount[] =>
  assembly.read("AWS::Logs::MetricFilter", ({ path, properties }) => {
    const pattern = stringAt(properties["FilterPattern"], `${path}: FilterPattern`);
    const status = STATUS.exec(pattern)?.[1];
    if (status === undefined)
      throw new AssemblyError(
        `${path}: the local emulator counts the answers of one status, not the lines of ${pattern}`,
      );
    const [first] = listAt(properties["MetricTransformations"], `${path}: MetricTransformations`);
    const to = recordAt(first, `${path}: MetricTransformations`);
    return {
      status: Number(status),
      metric: {
        namespace: stringAt(to["MetricNamespace"], `${path}: MetricNamespace`),
        name: stringAt(to["MetricName"], `${path}: MetricName`),
        dimensions: {},
      },
    };
  });
