import { readFile } from "node:fs/promises";
import { join, resolve as resolvePath } from "node:path";
import { AssemblyError, type Json, listAt, recordAt, stringAt } from "./template-values.ts";

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

/** What the emulator does not run of an assembly. */
export interface LeftOut {
  /** The construct's path. */
  readonly path: string;
  /** Why, and what to do. */
  readonly reason: string;
}

/** One CloudFormation stack of the assembly. */
export interface StackTemplate {
  readonly name: string;
  /** The construct's path. */
  readonly path: string;
  /** `:us-east-1:123456789012:`, as in ARNs, where the app sets region and account. */
  readonly place?: string;
  /** Of a nested stack: what its parameters have in the template of its parent. */
  readonly nestedIn?: { readonly stack: string; readonly logicalId: string; readonly parameters: Json };
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
    if (artifact["type"] === STACK_ARTIFACT) return readStack(directory, id, artifact);
    if (artifact["type"] === ASSEMBLY_ARTIFACT && typeof directoryName === "string")
      return readStacks(join(directory, directoryName));
    return [];
  });
  return (await Promise.all(read)).flat();
}

/** What the app looks up in an account and has not found out yet: its template has placeholders. */
export async function missingLookups(directory: string): Promise<readonly LeftOut[]> {
  const { missing } = await readJson(join(directory, "manifest.json"));
  return listAt(missing, "manifest.json: missing").map((value) => {
    const { provider, key } = recordAt(value, "manifest.json: missing");
    const reason = `the lookup of ${provider} has a placeholder; run npx cdk synth once with credentials, which keeps its result in cdk.context.json`;
    return { path: String(key), reason };
  });
}

const STACK_ARTIFACT = "aws:cloudformation:stack";
/** The stacks of a `Stage` of the CDK. */
const ASSEMBLY_ARTIFACT = "cdk:cloud-assembly";

async function readStack(directory: string, id: string, artifact: Json): Promise<readonly StackTemplate[]> {
  const properties = recordAt(artifact["properties"], `${id}: properties`);
  const file = join(directory, stringAt(properties["templateFile"], `${id}: templateFile`));
  const name = typeof properties["stackName"] === "string" ? properties["stackName"] : id;
  const path =
    typeof artifact["displayName"] === "string" ? artifact["displayName"].split(" ")[0] : undefined;
  const place = /^aws:\/\/(\d+)\/([a-z0-9-]+)$/.exec(String(artifact["environment"]));
  return readTemplate(file, {
    name,
    path: path ?? id,
    assets: await readAssets(directory, id),
    ...(place === null ? {} : { place: `:${place[2]}:${place[1]}:` }),
  });
}

/** The stack of a template, and those that are nested in it. */
async function readTemplate(
  file: string,
  of: Pick<StackTemplate, "name" | "path" | "assets" | "place" | "nestedIn">,
): Promise<readonly StackTemplate[]> {
  const template = await readJson(file);
  const section = (key: string) => recordAt(template[key] ?? {}, `${of.name}: ${key}`);
  const resources = Object.entries(section("Resources")).map(([logicalId, resource]) =>
    toResource(of.name, of.path, logicalId, recordAt(resource, `${of.name}/${logicalId}`)),
  );
  const nested = resources.map(async ({ type, logicalId, properties, path }) => {
    const key = /[0-9a-f]{64}\.json/.exec(JSON.stringify(properties["TemplateURL"] ?? ""))?.[0];
    const found = type === NESTED_STACK && key !== undefined ? of.assets.get(key) : undefined;
    if (found === undefined) return [];
    const parameters = recordAt(properties["Parameters"] ?? {}, `${path}: Parameters`);
    // The construct of a nested stack is the folder of its resource: `Shop/Nested.NestedStack/…`.
    const inner = path.replace(/\.NestedStack\/[^/]*$/, "");
    const nestedIn = { stack: of.name, logicalId, parameters };
    return readTemplate(found, { ...of, name: nestedName(of.name, logicalId), path: inner, nestedIn });
  });
  const own: StackTemplate = {
    ...of,
    resources,
    outputs: section("Outputs"),
    parameters: section("Parameters"),
    conditions: section("Conditions"),
    mappings: section("Mappings"),
  };
  return [own, ...(await Promise.all(nested)).flat()];
}

const NESTED_STACK = "AWS::CloudFormation::Stack";
export const nestedName = (stack: string, logicalId: string): string => `${stack}-${logicalId}`;

function toResource(stack: string, stackPath: string, logicalId: string, resource: Json): Resource {
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
      // `payments/Function` of a ConsumerFunction is `payments`.
      .replace(/(\/Function)?\/Resource$/, ""),
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

async function readJson(path: string): Promise<Json> {
  const text = await readFile(path, "utf8");
  try {
    return recordAt(JSON.parse(text), path);
  } catch (cause) {
    throw new AssemblyError(
      `${path} is not a JSON object: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

function missingAsEmpty(error: unknown): Json {
  if (isMissing(error)) return {};
  throw error;
}
