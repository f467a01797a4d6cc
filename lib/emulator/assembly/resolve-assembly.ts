import {
  ACCOUNT,
  type AssemblyEndpoints,
  type Identity,
  identify,
  isIdentified,
  nameProperty,
} from "./identities.ts";
import { evaluate, resolve, type Scope } from "./intrinsics.ts";
import { type LeftOut, nestedName, type Resource, type StackTemplate } from "./read-assembly.ts";
import { leftOutReason } from "./resource-types.ts";
import { AssemblyError, type Json, recordAt } from "./template-values.ts";

/** A resource with its physical name and plain property values. */
export interface ResolvedResource extends Resource {
  readonly name: string;
  readonly identity: Identity;
}

/** In place of a value that the emulator does not know. */
export const UNRESOLVED = "<unresolved>";

export interface ResolvedAssembly {
  /**
   * All resources of one type, or of those that match, over all stacks. One whose properties cannot be resolved is left
   * out.
   */
  ofType(type: string | RegExp): readonly ResolvedResource[];
  /** As `ofType`, with `UNRESOLVED` for each value that cannot be resolved. Leaves nothing out. */
  withUnresolved(type: string): readonly ResolvedResource[];
  /** As `ofType`, each through `read`; a resource for which it throws AssemblyError is left out. */
  read<T>(type: string, read: (resource: ResolvedResource) => T): T[];
  /** Reports a part of a resource that is left out while the rest of it runs. */
  leaveOut(path: string, reason: string): void;
  /** The parts left out so far, each once. */
  leftOut(): readonly LeftOut[];
  /** Folder of the asset with that object key, if the assembly has it. */
  asset(objectKey: string): string | undefined;
  /** `<stack>.<output>` → value. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Resolves the templates against each other, as a deployment of all stacks would. Resources of types, functions or
 * references that the emulator does not know are left out, each with its reason.
 */
export function resolveAssembly(
  templates: readonly StackTemplate[],
  endpoints: AssemblyEndpoints,
): ResolvedAssembly {
  const stacks = templates.map((stack) => inPlace(stack, endpoints.region));
  const scopes = new Map<string, Scope>();
  const exports = new Map<string, () => unknown>();
  const outputOf = (stack: string, output: string) => {
    const found = stacks.find(({ name }) => name === stack)?.outputs[output];
    if (found === undefined) throw new AssemblyError(`the stack ${stack} has no output ${output}`);
    return resolve(recordAt(found, `${stack}: ${output}`)["Value"], scopeOf(scopes, stack));
  };
  for (const stack of stacks)
    scopes.set(
      stack.name,
      makeScope(stack, endpoints, exports, outputOf, (name) => scopeOf(scopes, name)),
    );
  for (const stack of stacks) collectExports(stack, scopeOf(scopes, stack.name), exports);

  const reasons = new Map<string, LeftOut>();
  const leaveOut = (path: string, reason: string) => {
    // Readers begin their errors with the path.
    const plain = reason.startsWith(path) ? reason.slice(path.length).replace(/^[:\s]+/, "") : reason;
    const shown = path.replace(/\/(Resource|Default)$/, "");
    reasons.set(`${shown} ${plain}`, { path: shown, reason: plain });
  };
  const attempt = <T>({ path }: { readonly path: string }, work: () => T): readonly T[] => {
    try {
      return [work()];
    } catch (error) {
      if (!(error instanceof AssemblyError)) throw error;
      leaveOut(path, error.message);
      return [];
    }
  };
  const present = stacks.flatMap((stack) =>
    stack.resources.filter(
      (resource) =>
        resource.condition === undefined ||
        attempt(resource, () => scopeOf(scopes, stack.name).condition(resource.condition ?? ""))[0] === true,
    ),
  );
  const types = new Set(present.map(({ type }) => type));
  for (const { type, path } of present) {
    const reason = leftOutReason(type, types);
    if (reason !== undefined) leaveOut(path, reason);
  }

  const resolved = (resource: Resource, unresolved?: string): ResolvedResource => {
    const scope = scopeOf(scopes, resource.stack);
    const properties = recordAt(resolve(resource.properties, scope, unresolved), resource.path);
    const own = nameProperty(resource.type);
    const identity = identify(resource, own && properties[own], endpoints);
    return { ...resource, properties, identity, name: identity.name };
  };
  /** By the text of the reference. */
  const byType = new Map<string, readonly ResolvedResource[]>();
  const assets = new Map(stacks.flatMap((stack) => [...stack.assets]));
  const ofType = (type: string | RegExp) => {
    const known = byType.get(String(type));
    if (known !== undefined) return known;
    const found = present
      .filter((resource) => (typeof type === "string" ? resource.type === type : type.test(resource.type)))
      .flatMap((resource) => attempt(resource, () => resolved(resource)));
    byType.set(String(type), found);
    return found;
  };
  return {
    ofType,
    withUnresolved: (type) =>
      present.filter((resource) => resource.type === type).map((resource) => resolved(resource, UNRESOLVED)),
    read: (type, read) => ofType(type).flatMap((resource) => attempt(resource, () => read(resource))),
    leaveOut,
    leftOut: () => [...reasons.values()],
    asset: (objectKey) => assets.get(objectKey),
    outputs: Object.fromEntries(
      stacks.flatMap(({ name, outputs }) =>
        Object.keys(outputs).flatMap((key) => {
          const path = `${name}.${key}`;
          return attempt({ path }, () => outputOf(name, key)).map((value) => [path, value]);
        }),
      ),
    ),
  };
}

function makeScope(
  stack: StackTemplate,
  endpoints: AssemblyEndpoints,
  exports: ReadonlyMap<string, () => unknown>,
  outputOf: (stack: string, output: string) => unknown,
  scopeNamed: (stack: string) => Scope,
): Scope {
  const resources = new Map(stack.resources.map((resource) => [resource.logicalId, resource]));
  const identities = new Map<string, Identity>();
  const pseudo: Json = {
    "AWS::Region": endpoints.region,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": stack.name,
    "AWS::StackId": `arn:aws:cloudformation:${endpoints.region}:${ACCOUNT}:stack/${stack.name}/local`,
  };
  const identity = (logicalId: string): Identity => {
    const known = identities.get(logicalId);
    if (known !== undefined) return known;
    const resource = resources.get(logicalId);
    if (resource === undefined)
      throw new AssemblyError(`${stack.name}: the resource ${logicalId} does not exist`);
    const own = nameProperty(resource.type);
    const made = identify(resource, own && resolve(resource.properties[own], scope), endpoints);
    identities.set(logicalId, made);
    return made;
  };
  const scope: Scope = {
    stack: stack.name,
    ref(name) {
      if (Object.hasOwn(pseudo, name)) return pseudo[name];
      const given = stack.nestedIn?.parameters[name];
      if (given !== undefined) return resolve(given, scopeNamed(stack.nestedIn?.stack ?? ""));
      const parameter = Object.hasOwn(stack.parameters, name) ? stack.parameters[name] : undefined;
      return parameter === undefined ? identity(name).ref : recordAt(parameter, name)["Default"];
    },
    attribute(logicalId, attribute) {
      if (attribute.startsWith("Outputs."))
        return outputOf(nestedName(stack.name, logicalId), attribute.slice("Outputs.".length));
      const { attributes } = identity(logicalId);
      const value = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
      if (value !== undefined) return value;
      const type = resources.get(logicalId)?.type ?? "";
      // Only the resource itself is reported; a resource that names it still runs.
      if (!isIdentified(type)) return `${logicalId}.${attribute}`;
      throw new AssemblyError(
        `${stack.name}/${logicalId}: the local emulator does not support its attribute ${attribute}`,
      );
    },
    importValue(name) {
      const value = exports.get(name);
      if (value === undefined)
        throw new AssemblyError(`${stack.name} imports ${name}, which no stack exports`);
      return value();
    },
    stackOutput: outputOf,
    mapped(map, key, second) {
      const values = recordAt(stack.mappings[map], `${stack.name}: ${map}`)[key];
      return recordAt(values, `${stack.name}: ${map}.${key}`)[second];
    },
    condition: (name) => evaluate(stack.conditions[name], scope),
  };
  return scope;
}

/** A stack with the account and the region of the emulator in the ARNs that its template has in full. */
function inPlace(stack: StackTemplate, region: string): StackTemplate {
  const { place, resources, outputs } = stack;
  if (place === undefined) return stack;
  const replaced = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll(place, `:${region}:${ACCOUNT}:`));
  return { ...stack, resources: replaced(resources), outputs: replaced(outputs) };
}

function collectExports(stack: StackTemplate, scope: Scope, exports: Map<string, () => unknown>): void {
  for (const [key, output] of Object.entries(stack.outputs)) {
    const { Value: value, Export: exported } = recordAt(output, `${stack.name}: ${key}`);
    if (exported === undefined) continue;
    const name = resolve(recordAt(exported, key)["Name"], scope);
    exports.set(String(name), () => resolve(value, scope));
  }
}

function scopeOf(scopes: ReadonlyMap<string, Scope>, stack: string): Scope {
  const scope = scopes.get(stack);
  if (scope === undefined) throw new AssemblyError(`the stack ${stack} does not exist`);
  return scope;
}
