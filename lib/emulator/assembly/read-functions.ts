import { basename } from "node:path";
import type { FunctionSpec } from "../types.ts";
import type { AssemblyEndpoints } from "./identities.ts";
import type { ResolvedAssembly, ResolvedResource } from "./resolve-assembly.ts";
import { AssemblyError, numberAt, recordAt, stringAt } from "./template-values.ts";

/**
 * The functions of the assembly, without those that only serve a deployment. The short name is the physical name
 * without the prefix that all functions of the stack share: `order-events-local-order-created` → `order-created`.
 */
export function readFunctions(assembly: ResolvedAssembly, endpoints: AssemblyEndpoints): FunctionSpec[] {
  const deployOnly = new Set(
    assembly.ofType("Custom::KafkaBrokers").map(({ properties }) => properties["ServiceToken"]),
  );
  const isRun = ({ identity }: ResolvedResource) => !deployOnly.has(identity.attributes["Arn"]);
  return assembly
    .ofType("AWS::Lambda::Function")
    .filter(isRun)
    .map((resource) => {
      const { name, path, properties } = resource;
      const code = recordAt(properties["Code"], `${path}: Code`);
      const key = stringAt(code["S3Key"], `${path}: Code.S3Key`);
      const assetDir = assembly.asset(key);
      if (assetDir === undefined)
        throw new AssemblyError(`${path}: the assembly has no asset ${basename(key)}`);
      const runtime = stringAt(properties["Runtime"], `${path}: Runtime`);
      if (!runtime.startsWith("nodejs")) {
        throw new AssemblyError(`${path}: the local emulator runs Node.js functions, not ${runtime}`);
      }
      for (const property of ["Layers", "FileSystemConfigs", "ImageConfig"]) {
        if (properties[property] !== undefined) {
          throw new AssemblyError(
            `${path}: the local emulator runs a function from its bundle, without ${property}`,
          );
        }
      }
      const logGroup = recordAt(properties["LoggingConfig"] ?? {}, `${path}: LoggingConfig`)["LogGroup"];
      return {
        name: shortName(resource),
        physicalName: name,
        assetDir,
        handler: stringAt(properties["Handler"], `${path}: Handler`),
        timeoutMs: numberAt(properties["Timeout"], `${path}: Timeout`, 3) * 1000,
        memoryMb: numberAt(properties["MemorySize"], `${path}: MemorySize`, 128),
        environment: readEnvironment(resource, endpoints),
        ...(logGroup !== undefined && { logGroup: stringAt(logGroup, `${path}: LoggingConfig.LogGroup`) }),
      };
    });
}

/** The short name of the function with that ARN, alias or name. Throws AssemblyError for an unknown function. */
export function functionOf(functions: readonly FunctionSpec[], arnOrName: unknown, where: string): string {
  const text = stringAt(arnOrName, where);
  const name = text.startsWith("arn:") ? text.split(":")[6] : text;
  const found = functions.find(({ physicalName }) => physicalName === name);
  if (found === undefined) throw new AssemblyError(`${where} names ${text}, which is in no template`);
  return found.name;
}

function shortName({ name, stack }: ResolvedResource): string {
  const [service = ""] = stack.split(/-(?=[^-]+$)/);
  return name.startsWith(`${service}-`) ? name.slice(service.length + 1) : name;
}

/**
 * The variables as strings. The URL of a queue that another stack names without a reference is replaced: the template
 * has its address in AWS.
 */
function readEnvironment(
  { path, properties }: ResolvedResource,
  endpoints: AssemblyEndpoints,
): Record<string, string> {
  const inAws = `https://sqs.${endpoints.region}.amazonaws.com/`;
  const environment = recordAt(properties["Environment"] ?? {}, `${path}: Environment`);
  const variables = recordAt(environment["Variables"] ?? {}, `${path}: Environment.Variables`);
  return Object.fromEntries(
    Object.entries(variables).map(([key, value]) => [
      key,
      String(value).replaceAll(inAws, `${endpoints.sqs}/`),
    ]),
  );
}
