import type { ResolvedResource } from "./resolve-assembly.ts";

/**
 * A name for operators: an explicit name without the prefix that it shares with its stack
 * (`order-events-local-order-created` → `order-created`); else the path below the stack.
 */
export function shortName(
  { name, stack, properties, shortPath }: ResolvedResource,
  property: string,
): string {
  if (properties[property] === undefined) return shortPath;
  const [service = ""] = stack.split(/-(?=[^-]+$)/);
  return name.startsWith(`${service}-`) ? name.slice(service.length + 1) : name;
}
