import { ACCOUNT, type AssemblyEndpoints, type Identity, identify, nameProperty } from "./identities.ts";
import { evaluate, resolve, type Scope } from "./intrinsics.ts";
import type { Resource, StackTemplate } from "./read-assembly.ts";
import { refuseUnknownTypes } from "./resource-types.ts";
import { AssemblyError, type Json, recordAt } from "./template-values.ts";

/** A resource with its physical name and plain property values. */
export interface ResolvedResource extends Resource {
  readonly name: string;
  readonly identity: Identity;
}

export interface ResolvedAssembly {
  /** All resources of one type, over all stacks. */
  ofType(type: string): readonly ResolvedResource[];
  /** Folder of the asset with that object key, if the assembly has it. */
  asset(objectKey: string): string | undefined;
  /** `<stack>.<output>` → value. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Resolves the templates against each other, as a deployment of all stacks would.
 * Throws AssemblyError for unknown resource types, functions and references.
 */
export function resolveAssembly(
  stacks: readonly StackTemplate[],
  endpoints: AssemblyEndpoints,
): ResolvedAssembly {
  const scopes = new Map<string, Scope>();
  const exports = new Map<string, () => unknown>();
  for (const stack of stacks) scopes.set(stack.name, makeScope(stack, endpoints, exports));
  for (const stack of stacks) collectExports(stack, scopeOf(scopes, stack.name), exports);

  const present = stacks.flatMap((stack) =>
    stack.resources.filter(
      ({ condition }) => condition === undefined || scopeOf(scopes, stack.name).condition(condition),
    ),
  );
  refuseUnknownTypes(present);

  const byType = new Map<string, ResolvedResource[]>();
  const assets = new Map(stacks.flatMap((stack) => [...stack.assets]));
  return {
    ofType(type) {
      const known = byType.get(type);
      if (known !== undefined) return known;
      const found = present
        .filter((resource) => resource.type === type)
        .map((resource) => {
          const scope = scopeOf(scopes, resource.stack);
          const properties = recordAt(resolve(resource.properties, scope), resource.path);
          const own = nameProperty(type);
          const identity = identify(resource, own && properties[own], endpoints);
          return { ...resource, properties, identity, name: identity.name };
        });
      byType.set(type, found);
      return found;
    },
    asset: (objectKey) => assets.get(objectKey),
    outputs: Object.fromEntries(
      stacks.flatMap((stack) =>
        Object.entries(stack.outputs).map(([key, output]) => [
          `${stack.name}.${key}`,
          resolve(recordAt(output, key)["Value"], scopeOf(scopes, stack.name)),
        ]),
      ),
    ),
  };
}

function makeScope(
  stack: StackTemplate,
  endpoints: AssemblyEndpoints,
  exports: ReadonlyMap<string, () => unknown>,
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
      const parameter = Object.hasOwn(stack.parameters, name) ? stack.parameters[name] : undefined;
      return parameter === undefined ? identity(name).ref : recordAt(parameter, name)["Default"];
    },
    attribute(logicalId, attribute) {
      const { attributes } = identity(logicalId);
      const value = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
      if (value === undefined) {
        throw new AssemblyError(
          `${stack.name}/${logicalId}: the local emulator does not support its attribute ${attribute}`,
        );
      }
      return value;
    },
    importValue(name) {
      const value = exports.get(name);
      if (value === undefined)
        throw new AssemblyError(`${stack.name} imports ${name}, which no stack exports`);
      return value();
    },
    condition: (name) => evaluate(stack.conditions[name], scope),
  };
  return scope;
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
