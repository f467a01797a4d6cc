import { runSimulation } from "@cloud-copilot/iam-simulate";
import { ACCOUNT } from "../assembly/identities.ts";
import type { PermissionsSpec, PolicySpec, PrincipalSpec } from "../assembly/model.ts";
import type { Permission } from "./required-permissions.ts";

/** A request of a principal. */
export interface AccessRequest extends Permission {
  readonly principal: Pick<PrincipalSpec, "arn" | "policies" | "boundary"> & { readonly roleArn?: string };
}

export type Decision =
  | { readonly kind: "allowed" }
  /** No policy allows it. */
  | { readonly kind: "no-allow" }
  | { readonly kind: "denied"; readonly by: "identity-based" | "resource-based"; readonly policy: string }
  /** The request or a policy has a form that the simulator does not know. */
  | { readonly kind: "unknown"; readonly reason: string };

/** Whether IAM permits a request, by the policies of the principal and of the resource. */
export async function evaluate(
  { principal, action, resource, context = {} }: AccessRequest,
  { resourcePolicies }: Pick<PermissionsSpec, "resourcePolicies">,
  region: string,
): Promise<Decision> {
  const identity = principal.policies.filter(({ statements }) => statements.length > 0);
  const resourcePolicy = policyOf(resource, resourcePolicies);
  const result = await runSimulation(
    {
      request: {
        principal: principal.arn,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: {
          // The emulator's own connections are plain HTTP on loopback; those to AWS are not.
          "aws:SecureTransport": "true",
          "aws:RequestedRegion": region,
          "aws:ResourceAccount": ACCOUNT,
          ...(isService(principal.arn)
            ? { "aws:SourceAccount": ACCOUNT }
            : { "aws:PrincipalAccount": ACCOUNT, "aws:PrincipalArn": principal.roleArn ?? principal.arn }),
          ...context,
        },
      },
      identityPolicies: identity.map(document),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy === undefined ? {} : { resourcePolicy: document(resourcePolicy).policy }),
      ...(principal.boundary === undefined
        ? {}
        : { permissionBoundaryPolicies: [document(principal.boundary)] }),
    },
    {},
  );
  if (result.resultType === "error") return { kind: "unknown", reason: `${result.errors.message}` };
  if (result.overallResult === "Allowed") return { kind: "allowed" };
  if (result.overallResult === "ImplicitlyDenied") return { kind: "no-allow" };
  const { analysis } = result.resultType === "single" ? result.result : (result.results[0] ?? {});
  const [own] = analysis?.identityAnalysis?.denyStatements ?? [];
  return own === undefined
    ? { kind: "denied", by: "resource-based", policy: resourcePolicy?.name ?? resource }
    : { kind: "denied", by: "identity-based", policy: own.policyId ?? "" };
}

const isService = (principal: string): boolean => principal.endsWith(".amazonaws.com");

const document = ({ name, statements }: PolicySpec) => ({
  name,
  policy: { Version: "2012-10-17", Statement: statements },
});

/** The policy of a table applies to its indexes, that of a bucket to its objects. */
function policyOf(resource: string, policies: ReadonlyMap<string, PolicySpec>): PolicySpec | undefined {
  const owner = resource.startsWith("arn:aws:s3:::")
    ? resource.split("/")[0]
    : resource.replace(/^(arn:aws:dynamodb:[^/]+\/[^/]+)\/.*$/, "$1");
  return policies.get(resource) ?? policies.get(owner ?? resource);
}
