import type { PermissionsSpec, PolicySpec, PrincipalSpec, StatementSpec } from "../assembly/model.ts";
import { isRefusal } from "./check-permissions.ts";
import { evaluate } from "./evaluate.ts";
import type { Permission } from "./required-permissions.ts";

/** An allowed request, as an emulator decided about it. */
export interface AllowedRequest extends Permission {
  /** The name of the principal. */
  readonly principal: string;
}

/** One action on one resource that a policy allows. */
export interface Grant {
  /** The short name of a function, the name of a caller, or the service that the policy of a resource accepts. */
  readonly principal: string;
  readonly policy: string;
  readonly action: string;
  readonly resource: string;
}

export interface JudgedGrant extends Grant {
  /** A request that is refused without it; absent where no request needs it. */
  readonly neededBy?: AllowedRequest;
}

/** A policy whose allowing statements hold one action and one resource each. */
interface Split {
  readonly of: PrincipalSpec | { readonly resource: string };
  readonly policy: PolicySpec;
}

/**
 * Takes each grant away, one after the other, and evaluates the requests again: which of them are refused then? A grant
 * that two statements hold is needed by none of them.
 */
export async function judgeGrants(
  permissions: PermissionsSpec,
  requests: readonly AllowedRequest[],
  region: string,
): Promise<readonly JudgedGrant[]> {
  const split: PermissionsSpec = {
    principals: permissions.principals.map((each) => ({ ...each, policies: each.policies.map(splitUp) })),
    resourcePolicies: new Map(
      [...permissions.resourcePolicies].map(([arn, policy]) => [arn, splitUp(policy)]),
    ),
  };
  const all: readonly Split[] = [
    ...split.principals.flatMap((of) => of.policies.map((policy) => ({ of, policy }))),
    ...[...split.resourcePolicies].map(([resource, policy]) => ({ of: { resource }, policy })),
  ];
  const judged: JudgedGrant[] = [];
  for (const { of, policy } of all) {
    for (const statement of policy.statements.filter(isGrant)) {
      const without = withoutStatement(split, of, policy, statement);
      const own = requests.filter(
        (request) =>
          matches(String(statement.Action), request.action) &&
          matches(String(statement.Resource), request.resource) &&
          ("resource" in of || request.principal === of.name),
      );
      let neededBy: AllowedRequest | undefined;
      for (const request of own) {
        const principal = principalOf(without, request.principal);
        if (isRefusal(await evaluate({ ...request, principal }, without, region))) neededBy = request;
        if (neededBy !== undefined) break;
      }
      judged.push({
        principal: "resource" in of ? acceptedBy(statement) : of.name,
        policy: policy.name,
        action: String(statement.Action),
        resource: String(statement.Resource),
        ...(neededBy === undefined ? {} : { neededBy }),
      });
    }
  }
  return judged;
}

const isGrant = ({ Effect, Action, Resource }: StatementSpec): boolean =>
  Effect === "Allow" && typeof Action === "string" && typeof Resource === "string";

function splitUp({ name, statements }: PolicySpec): PolicySpec {
  return {
    name,
    statements: statements.flatMap((statement) =>
      statement.Effect === "Allow"
        ? listOf(statement.Action).flatMap((Action) =>
            listOf(statement.Resource).map((Resource) => ({ ...statement, Action, Resource })),
          )
        : [statement],
    ),
  };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function withoutStatement(
  { principals, resourcePolicies }: PermissionsSpec,
  of: Split["of"],
  policy: PolicySpec,
  statement: StatementSpec,
): PermissionsSpec {
  const rest = { ...policy, statements: policy.statements.filter((each) => each !== statement) };
  if ("resource" in of)
    return { principals, resourcePolicies: new Map([...resourcePolicies, [of.resource, rest]]) };
  const policies = of.policies.map((each) => (each === policy ? rest : each));
  return {
    principals: principals.map((each) => (each === of ? { ...of, policies } : each)),
    resourcePolicies,
  };
}

const principalOf = ({ principals }: PermissionsSpec, name: string): PrincipalSpec =>
  principals.find((each) => each.name === name) ?? { kind: "service", name, arn: name, policies: [] };

/** The principals of a statement in the policy of a resource: `sns.amazonaws.com`. */
const acceptedBy = ({ Principal }: StatementSpec): string =>
  typeof Principal === "object" && Principal !== null
    ? Object.values(Principal).flatMap(listOf).join(", ")
    : String(Principal);

/** Whether a pattern, such as `dynamodb:Get*`, covers a text. Its case does not count, as that of actions. */
function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "i").test(text);
}
