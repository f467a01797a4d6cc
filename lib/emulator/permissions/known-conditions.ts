import type { PermissionsSpec, PolicySpec, StatementSpec } from "../assembly/model.ts";
import { isRecord } from "../assembly/template-values.ts";

/** The condition keys whose values the emulator has, or whose absence is certain here, in lower case. */
const KNOWN: ReadonlySet<string> = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:requestedregion",
  "aws:resourceaccount",
  "aws:securetransport",
  "aws:sourceaccount",
  "aws:sourcearn",
  "lambda:functionarn",
  "lambda:invokedviafunctionurl",
  "ses:fromaddress",
  "ses:recipients",
]);

export interface KnownConditions {
  readonly permissions: PermissionsSpec;
  /** The keys that no condition is evaluated by. */
  readonly unknownKeys: readonly string[];
}

/**
 * Policies without the conditions that only AWS can evaluate, such as those by tag, time or address: a statement that
 * allows is not limited by them, a statement that denies is left out. A call that AWS may accept is not refused.
 */
export function knownConditions({ principals, resourcePolicies }: PermissionsSpec): KnownConditions {
  const unknown = new Set<string>();
  const isUnknown = (key: string): boolean => {
    if (KNOWN.has(key.toLowerCase())) return false;
    unknown.add(key);
    return true;
  };
  const known = ({ name, statements }: PolicySpec): PolicySpec => ({
    name,
    statements: statements.flatMap((each) => withKnown(each, isUnknown)),
  });
  const permissions = {
    principals: principals.map((each) => ({
      ...each,
      policies: each.policies.map(known),
      ...(each.boundary === undefined ? {} : { boundary: known(each.boundary) }),
    })),
    resourcePolicies: new Map([...resourcePolicies].map(([arn, policy]) => [arn, known(policy)])),
  };
  return { permissions, unknownKeys: [...unknown].sort() };
}

function withKnown(statement: StatementSpec, isUnknown: (key: string) => boolean): readonly StatementSpec[] {
  const { Condition: conditions, ...rest } = statement;
  if (conditions === undefined) return [statement];
  const operators = Object.entries(conditions).map(
    ([operator, keys]) => [operator, Object.entries(isRecord(keys) ? keys : {})] as const,
  );
  const known = operators.flatMap(([operator, keys]) => {
    const kept = keys.filter(([key]) => !isUnknown(key));
    return kept.length === 0 ? [] : [[operator, Object.fromEntries(kept)] as const];
  });
  const isWhole =
    operators.flatMap(([, keys]) => keys).length === known.flatMap(([, keys]) => Object.keys(keys)).length;
  if (isWhole) return [statement];
  if (statement.Effect !== "Allow") return [];
  return [known.length === 0 ? rest : { ...rest, Condition: Object.fromEntries(known) }];
}
