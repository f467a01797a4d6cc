import { readFile } from "node:fs/promises";
import { join, resolve as resolvePath } from "node:path";
import { type Json, recordAt, stringAt } from "./template-values.ts";

/** A resource of the template, with its intrinsic functions. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Json;
  /** The construct's path, e.g. `order-events-local-data/Orders/Resource`; the logical id where there is none. */
  readonly path: string;
  readonly condition?: string;
}

/** One CloudFormation stack of the assembly. */
export interface StackTemplate {
  readonly name: string;
  readonly resources: readonly Resource[];
  readonly outputs: Json;
  readonly parameters: Json;
  readonly conditions: Json;
  /** Object key of an asset (`<hash>.zip`) → absolute path of its source folder. */
  readonly assets: ReadonlyMap<string, string>;
}

/** Reads every stack of a cloud assembly (cdk.out). Rejects where the folder has none. */
export async function readAssembly(directory: string): Promise<readonly StackTemplate[]> {
  const manifest = await readJson(join(directory, "manifest.json"));
  const artifacts = Object.entries(recordAt(manifest["artifacts"], "manifest.json: artifacts"));
  const stacks = artifacts.filter(
    ([, artifact]) => recordAt(artifact, "artifact")["type"] === STACK_ARTIFACT,
  );
  return Promise.all(stacks.map(([id, artifact]) => readStack(directory, id, recordAt(artifact, id))));
}

const STACK_ARTIFACT = "aws:cloudformation:stack";

async function readStack(directory: string, id: string, artifact: Json): Promise<StackTemplate> {
  const properties = recordAt(artifact["properties"], `${id}: properties`);
  const template = await readJson(
    join(directory, stringAt(properties["templateFile"], `${id}: templateFile`)),
  );
  const name = typeof properties["stackName"] === "string" ? properties["stackName"] : id;
  const section = (key: string) => recordAt(template[key] ?? {}, `${name}: ${key}`);
  return {
    name,
    resources: Object.entries(section("Resources")).map(([logicalId, resource]) =>
      toResource(name, logicalId, recordAt(resource, `${name}/${logicalId}`)),
    ),
    outputs: section("Outputs"),
    parameters: section("Parameters"),
    conditions: section("Conditions"),
    assets: await readAssets(directory, id),
  };
}

function toResource(stack: string, logicalId: string, resource: Json): Resource {
  const metadata = recordAt(resource["Metadata"] ?? {}, `${stack}/${logicalId}: Metadata`);
  const path = metadata["aws:cdk:path"];
  const condition = resource["Condition"];
  return {
    stack,
    logicalId,
    type: stringAt(resource["Type"], `${stack}/${logicalId}: Type`),
    properties: recordAt(resource["Properties"] ?? {}, `${stack}/${logicalId}: Properties`),
    path: typeof path === "string" ? path : `${stack}/${logicalId}`,
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

function missingAsEmpty(error: unknown): Json {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
  throw error;
}
