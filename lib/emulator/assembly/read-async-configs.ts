import type { AsyncSpec, FunctionSpec } from "./model.ts";
import { functionOf } from "./read-functions.ts";
import type { ResolvedAssembly } from "./resolve-assembly.ts";
import { isRecord, numberAt, recordAt, stringAt } from "./template-values.ts";

/** How events of functions are retried and where they end, by the function's short name. */
export function readAsyncConfigs(
  assembly: ResolvedAssembly,
  functions: readonly FunctionSpec[],
): ReadonlyMap<string, AsyncSpec> {
  const configs = new Map<string, AsyncSpec>();
  for (const { name, properties, path } of assembly.ofType("AWS::Lambda::Function")) {
    const found = functions.find(({ physicalName }) => physicalName === name);
    const { TargetArn: target } = recordAt(properties["DeadLetterConfig"] ?? {}, `${path}: DeadLetterConfig`);
    if (found !== undefined && target !== undefined)
      configs.set(found.name, { retries: 2, deadLetterArn: stringAt(target, `${path}: DeadLetterConfig`) });
  }
  assembly.read("AWS::Lambda::EventInvokeConfig", ({ path, properties }) => {
    const name = functionOf(functions, properties["FunctionName"], `${path}: FunctionName`);
    const destinations = recordAt(properties["DestinationConfig"] ?? {}, `${path}: DestinationConfig`);
    const destination = (key: "OnFailure" | "OnSuccess") => {
      const value = destinations[key];
      return isRecord(value) ? stringAt(value["Destination"], `${path}: ${key}`) : undefined;
    };
    const [onFailure, onSuccess] = [destination("OnFailure"), destination("OnSuccess")];
    configs.set(name, {
      ...configs.get(name),
      retries: numberAt(properties["MaximumRetryAttempts"], `${path}: MaximumRetryAttempts`, 2),
      ...(onFailure === undefined ? {} : { onFailure }),
      ...(onSuccess === undefined ? {} : { onSuccess }),
    });
  });
  return configs;
}
