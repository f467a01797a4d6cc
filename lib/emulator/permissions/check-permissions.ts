import type { PermissionsSpec, PrincipalSpec } from "../assembly/model.ts";
import type { AwsService, CallCheck, Refusal } from "../calls/aws-call.ts";
import { type Decision, evaluate } from "./evaluate.ts";
import { type Permission, requiredPermissions } from "./required-permissions.ts";

/** A decision about one permission of one principal. */
export interface Decided extends Permission {
  readonly principal: PrincipalSpec;
  readonly decision: Decision;
}

export interface PermissionCheckOptions {
  readonly permissions: PermissionsSpec;
  readonly region: string;
  /** Called once for each decision; later calls have it from a cache. */
  readonly onDecided: (decided: Decided) => void;
}

/** Decisions that are kept; a key of S3 is part of one. */
const KEPT = 10_000;

const NO_CONTEXT: NonNullable<Permission["context"]> = {};

export type KeyPermits = (accessKeyId: string, permission: Permission) => Promise<boolean>;

export interface PermissionCheck {
  /**
   * Refuses the calls of functions and other callers that their policies do not permit, as AWS does. A call without a
   * known access key is one of the emulator, a test or a tool, and is not refused.
   */
  readonly ofCalls: CallCheck;
  /** Whether a principal has a permission, as far as the emulator can evaluate it. */
  isPermitted(principal: PrincipalSpec, permission: Permission): Promise<boolean>;
  /** The same by an access key; true for an unknown one. */
  readonly isKeyPermitted: KeyPermits;
}

export function permissionCheck({ permissions, region, onDecided }: PermissionCheckOptions): PermissionCheck {
  const principals = new Map(permissions.principals.map((each) => [each.accessKeyId, each]));
  const contextKeys = conditionKeys(permissions);
  const decisions = new Map<string, Decision | Promise<Decision>>();

  const relevant = (context: NonNullable<Permission["context"]>) =>
    Object.fromEntries(Object.entries(context).filter(([key]) => contextKeys.has(key.toLowerCase())));

  const decide = (principal: PrincipalSpec, permission: Permission): Decision | Promise<Decision> => {
    const { action, resource } = permission;
    // Most calls have no context: this runs for each call.
    const context = permission.context === undefined ? NO_CONTEXT : relevant(permission.context);
    const own = `${principal.arn} ${action} ${resource}`;
    const key = context === NO_CONTEXT ? own : `${own} ${JSON.stringify(context)}`;
    const known = decisions.get(key);
    if (known !== undefined) return known;
    if (decisions.size >= KEPT) decisions.clear();
    const made = evaluate({ principal, action, resource, context }, permissions, region).then((decision) => {
      decisions.set(key, decision);
      onDecided({ principal, action, resource, context, decision });
      return decision;
    });
    decisions.set(key, made);
    return made;
  };

  const ofCalls: CallCheck = (call) => {
    const principal = call.accessKeyId === undefined ? undefined : principals.get(call.accessKeyId);
    if (principal === undefined || principal.unknown !== undefined) return undefined;
    const needed = requiredPermissions(call, region);
    const decided: (Decision | Promise<Decision>)[] = [];
    let isAllowed = true;
    for (const permission of needed) {
      const decision = decide(principal, permission);
      isAllowed &&= "kind" in decision && decision.kind === "allowed";
      decided.push(decision);
    }
    if (isAllowed) return undefined;
    const refusalOf = (all: readonly Decision[]) => {
      const index = all.findIndex(isRefusal);
      const [permission, decision] = [needed[index], all[index]];
      return permission && decision && refusal(call.service, principal, permission, decision);
    };
    return decided.some((each) => each instanceof Promise)
      ? Promise.all(decided).then(refusalOf)
      : refusalOf(decided as readonly Decision[]);
  };
  const isPermitted = async (principal: PrincipalSpec, permission: Permission) =>
    principal.unknown !== undefined || !isRefusal(await decide(principal, permission));
  return {
    ofCalls,
    isPermitted,
    isKeyPermitted: async (accessKeyId, permission) => {
      const principal = principals.get(accessKeyId);
      return principal === undefined || isPermitted(principal, permission);
    },
  };
}

export const isRefusal = ({ kind }: Decision): boolean => kind === "no-allow" || kind === "denied";

/** All keys, in lower case, that a condition of a policy mentions. */
const conditionKeys = ({ principals, resourcePolicies }: PermissionsSpec): ReadonlySet<string> =>
  new Set(
    [...principals.flatMap(({ policies }) => policies), ...resourcePolicies.values()]
      .flatMap(({ statements }) => statements)
      .flatMap(({ Condition = {} }) => Object.values(Condition))
      .flatMap((keys) => Object.keys(keys as object))
      .map((key) => key.toLowerCase()),
  );

/** The name and the status that the service gives its error. */
const ERRORS: Readonly<Record<AwsService, readonly [status: number, code: string]>> = {
  cloudwatch: [403, "AccessDenied"],
  dynamodb: [400, "AccessDeniedException"],
  lambda: [403, "AccessDeniedException"],
  s3: [403, "AccessDenied"],
  ses: [403, "AccessDeniedException"],
  sns: [403, "AuthorizationError"],
  sqs: [403, "AccessDenied"],
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function refusal(
  service: AwsService,
  { arn }: PrincipalSpec,
  { action, resource }: Permission,
  decision: Decision,
): Refusal {
  const [status, code] = ERRORS[service];
  // SQS writes the name of the action in lower case, SNS that of the service in upper case.
  const shown = service === "sqs" ? action.toLowerCase() : action.replace(/^sns:/, "SNS:");
  const because =
    decision.kind === "denied"
      ? `with an explicit deny in ${decision.by === "identity-based" ? "an identity-based" : "a resource-based"} policy`
      : `because no identity-based policy allows the ${shown} action`;
  const message = `User: ${arn} is not authorized to perform: ${shown} on resource: ${resource} ${because}`;
  return { status, code, message };
}

/** One line about a refused call, with what to change. */
export function denialLine({ principal, action, resource, decision }: Decided): string {
  const { kind, name, role, policies } = principal;
  const where = policies.map((each) => each.name).join(", ") || "it has none";
  const reason =
    decision.kind === "denied"
      ? `the policy ${decision.policy} denies it`
      : kind === "service"
        ? "no policy of the resource allows it"
        : `no policy of ${role === undefined ? name : `its role ${role}`} allows it (${where})`;
  return `${name} was refused ${action} on ${resource}: ${reason}`;
}
