import { readFile } from "node:fs/promises";
import { join, resolve as resolvePath } from "node:path";
import { AssemblyError, type Json, recordAt, stringAt } from "./template-values.ts";

/** A resource of the template, with its intrinsic functions. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Json;
  /** The construct's path, e.g. `order-events-local-data/Orders/Resource`; the logical id where there is none. */
  readonly path: string;
  /** The path below its stack, without the parts that the CDK adds: `Orders`. */
  readonly shortPath: string;
  readonly condition?: string;
}

/** One CloudFormation stack of the assembly. */
export interface StackTemplate {
  readonly name: string;
  readonly resources: readonly Resource[];
  readonly outputs: Json;
  readonly parameters: Json;
  readonly conditions: Json;
  readonly mappings: Json;
  /** Object key of an asset (`<hash>.zip`) → absolute path of its source folder. */
  readonly assets: ReadonlyMap<string, string>;
}

/**
 * Reads every stack of a cloud assembly (cdk.out), and of the assemblies of its stages. Rejects with AssemblyError when
 * the folder holds none.
 */
export async function readAssembly(directory: string): Promise<readonly StackTemplate[]> {
  const stacks = await readStacks(directory);
  if (stacks.length === 0) throw new AssemblyError(`${directory} holds no stack.`);
  return stacks;
}

async function readStacks(directory: string): Promise<readonly StackTemplate[]> {
  const manifest = await readJson(join(directory, "manifest.json")).catch((cause: unknown) => {
    const message = `${directory} holds no cloud assembly. Synthesize it:  npx cdk synth`;
    throw isMissing(cause) ? new AssemblyError(message, { cause }) : cause;
  });
  const artifacts = Object.entries(recordAt(manifest["artifacts"] ?? {}, "manifest.json: artifacts"));
  const read = artifacts.map(async ([id, value]): Promise<readonly StackTemplate[]> => {
    const artifact = recordAt(value, id);
    const { directoryName } = recordAt(artifact["properties"] ?? {}, `${id}: properties`);
    if (artifact["type"] === STACK_ARTIFACT) return [await readStack(directory, id, artifact)];
    if (artifact["type"] === ASSEMBLY_ARTIFACT && typeof directoryName === "string")
      return readStacks(join(directory, directoryName));
    return [];
  });
  return (await Promise.all(read)).flat();
}

const STACK_ARTIFACT = "aws:cloudformation:stack";
/** The stacks of a `Stage` of the CDK. */
const ASSEMBLY_ARTIFACT = "cdk:cloud-assembly";

async function readStack(directory: string, id: string, artifact: Json): Promise<StackTemplate> {
  const properties = recordAt(artifact["properties"], `${id}: properties`);
  const template = await readJson(
    join(directory, stringAt(properties["templateFile"], `${id}: templateFile`)),
  );
  const name = typeof properties["stackName"] === "string" ? properties["stackName"] : id;
  const stackPath = typeof artifact["displayName"] === "string" ? artifact["displayName"].split(" ")[0] : id;
  const section = (key: string) => recordAt(template[key] ?? {}, `${name}: ${key}`);
  return {
    name,
    resources: Object.entries(section("Resources")).map(([logicalId, resource]) =>
      toResource(name, stackPath, logicalId, recordAt(resource, `${name}/${logicalId}`)),
    ),
    outputs: section("Outputs"),
    parameters: section("Parameters"),
    conditions: section("Conditions"),
    mappings: section("Mappings"),
    assets: await readAssets(directory, id),
  };
}

function toResource(stack: string, stackPath = stack, logicalId: string, resource: Json): Resource {
  const metadata = recordAt(resource["Metadata"] ?? {}, `${stack}/${logicalId}: Metadata`);
  const given = metadata["aws:cdk:path"];
  const path = typeof given === "string" ? given : `${stackPath}/${logicalId}`;
  const condition = resource["Condition"];
  return {
    stack,
    logicalId,
    type: stringAt(resource["Type"], `${stack}/${logicalId}: Type`),
    properties: recordAt(resource["Properties"] ?? {}, `${stack}/${logicalId}: Properties`),
    path,
    shortPath: path
      .slice(path.startsWith(`${stackPath}/`) ? stackPath.length + 1 : 0)
      .replace(/\/Resource$/, ""),
    ...(typeof condition === "string" ? { condition } : {}),
  };
}

async function readAssets(directory: string, id: string): Promise<ReadonlyMap<string, string>> {
  const assets = new Map<string, string>();
  const manifest = await readJson(join(directory, `${id}.assets.json`)).catch(missingAsEmpty);
  for (const [hash, file] of Object.entries(recordAt(manifest["files"] ?? {}, `${id}: files`))) {
    const { source, destinations } = recordAt(file, hash);
    const from = resolvePath(directory, stringAt(recordAt(source, hash)["path"], `${id}: ${hash}`));
    for (const destination of Object.values(recordAt(destinations, hash))) {
      assets.set(stringAt(recordAt(destination, hash)["objectKey"], `${id}: ${hash}`), from);
    }
  }
  return assets;
}

const readJson = async (path: string): Promise<Json> =>
  recordAt(JSON.parse(await readFile(path, "utf8")), path);

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

function missingAsEmpty(error: unknown): Json {
  if (isMissing(error)) return {};
  throw error;
}
