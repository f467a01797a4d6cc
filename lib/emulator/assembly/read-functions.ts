import { basename } from "node:path";
import { ACCOUNT, type AssemblyEndpoints } from "./identities.ts";
import type { FunctionSpec } from "./model.ts";
import type { ResolvedAssembly, ResolvedResource } from "./resolve-assembly.ts";
import { shortName } from "./short-name.ts";
import { AssemblyError, type Json, numberAt, recordAt, stringAt } from "./template-values.ts";

/** Parts of a function that the emulator does not have. */
const UNSUPPORTED = ["FileSystemConfigs", "ImageConfig", "Layers"] as const;

/** The functions of the assembly, without those that only serve a deployment, as custom resources do. */
export function readFunctions(assembly: ResolvedAssembly, endpoints: AssemblyEndpoints): FunctionSpec[] {
  const tokens = assembly
    .ofType(/^(Custom::|AWS::CloudFormation::CustomResource$)/)
    .map(({ properties }) => properties["ServiceToken"]);
  const deployOnly = new Set(tokens);
  const functions = assembly.read("AWS::Lambda::Function", (resource) => {
    const { identity, name, path, properties, stack } = resource;
    if (deployOnly.has(identity.attributes["Arn"])) return [];
    const unsupported = UNSUPPORTED.find((property) => properties[property] !== undefined);
    if (unsupported !== undefined) {
      throw new AssemblyError(
        `${path}: the local emulator runs a function from its bundle, without ${unsupported}; bundle what it needs`,
      );
    }
    const runtime = stringAt(properties["Runtime"] ?? "a container image", `${path}: Runtime`);
    if (!runtime.startsWith("nodejs")) {
      throw new AssemblyError(
        `${path}: the local emulator runs Node.js functions, not ${runtime}; what invokes it is left out`,
      );
    }
    const logGroup = recordAt(properties["LoggingConfig"] ?? {}, `${path}: LoggingConfig`)["LogGroup"];
    const spec: FunctionSpec = {
      name: shortName(resource, "FunctionName"),
      physicalName: name,
      ...codeOf(assembly, recordAt(properties["Code"], `${path}: Code`), path),
      handler: stringAt(properties["Handler"], `${path}: Handler`),
      runtime,
      timeoutMs: numberAt(properties["Timeout"], `${path}: Timeout`, 3) * 1000,
      memoryMb: numberAt(properties["MemorySize"], `${path}: MemorySize`, 128),
      environment: readEnvironment(resource, endpoints),
      ...(logGroup !== undefined && { logGroup: stringAt(logGroup, `${path}: LoggingConfig.LogGroup`) }),
    };
    return [{ stack, spec }];
  });
  return withOwnNames(functions.flat());
}

function codeOf(assembly: ResolvedAssembly, code: Json, path: string) {
  if (typeof code["ZipFile"] === "string") return { assetDir: "", inlineCode: code["ZipFile"] };
  const key = stringAt(code["S3Key"], `${path}: Code.S3Key`);
  const assetDir = assembly.asset(key);
  if (assetDir === undefined) throw new AssemblyError(`${path}: the assembly has no asset ${basename(key)}`);
  return { assetDir };
}

/** The short name of the function with that ARN, alias or name. Throws AssemblyError for a function that is not run. */
export function functionOf(functions: readonly FunctionSpec[], arnOrName: unknown, where: string): string {
  const text = stringAt(arnOrName, where);
  const name = text.startsWith("arn:") ? text.split(":")[6] : text;
  const found = functions.find(({ physicalName }) => physicalName === name);
  if (found === undefined) throw new AssemblyError(`${where} names the function ${name}, which is not run`);
  return found.name;
}

/** Functions of several stacks may have the same short name: their stack is then part of it. */
function withOwnNames(functions: readonly { readonly stack: string; readonly spec: FunctionSpec }[]) {
  const count = (name: string) => functions.filter(({ spec }) => spec.name === name).length;
  return functions.map(({ stack, spec }) =>
    count(spec.name) > 1 ? { ...spec, name: `${stack}/${spec.name}` } : spec,
  );
}

/**
 * The variables as strings. The URL of a queue that another stack names without a reference is replaced: the template
 * has its address in AWS.
 */
function readEnvironment(
  { path, properties }: ResolvedResource,
  endpoints: AssemblyEndpoints,
): Record<string, string> {
  const inAws = /https:\/\/sqs\.[a-z0-9-]+\.amazonaws\.com\/(\d{12})\//g;
  const environment = recordAt(properties["Environment"] ?? {}, `${path}: Environment`);
  const variables = recordAt(environment["Variables"] ?? {}, `${path}: Environment.Variables`);
  return Object.fromEntries(
    Object.entries(variables).map(([key, value]) => [
      key,
      String(value).replace(inAws, `${endpoints.sqs}/${ACCOUNT}/`),
    ]),
  );
}
