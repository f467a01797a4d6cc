import { awsManagedPolicy } from "./aws-managed-policies.ts";
import { ACCOUNT, type AssemblyEndpoints, functionArn } from "./identities.ts";
import type { FunctionSpec, PermissionsSpec, PolicySpec, PrincipalSpec, StatementSpec } from "./model.ts";
import { type ResolvedAssembly, type ResolvedResource, UNRESOLVED } from "./resolve-assembly.ts";
import { isRecord, type Json } from "./template-values.ts";

/** Who calls AWS, by which policies, and the policies of resources. */
export function readPermissions(
  assembly: ResolvedAssembly,
  functions: readonly FunctionSpec[],
  endpoints: AssemblyEndpoints,
): PermissionsSpec {
  const roles = readRoles(assembly);
  const resources = new Map(
    assembly.withUnresolved("AWS::Lambda::Function").map((resource) => [resource.name, resource]),
  );
  const ofFunctions = functions.map((spec): PrincipalSpec => {
    const roleArn = String(resources.get(spec.physicalName)?.properties["Role"]);
    const role = roles.get(roleArn);
    const roleName = roleArn.split("/").at(-1) ?? roleArn;
    return {
      kind: "function",
      name: spec.name,
      accessKeyId: accessKeyOfFunction(spec.physicalName),
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${roleName}/${spec.physicalName}`,
      roleArn,
      role: roleName,
      ...(role ?? { policies: [], unknown: `its role ${roleArn} is not in the assembly` }),
    };
  });
  return {
    principals: [...ofFunctions, ...readCallers(assembly)],
    resourcePolicies: readResourcePolicies(assembly, endpoints),
  };
}

/** The access key that the emulator gives a function. */
export const accessKeyOfFunction = (physicalName: string): string => `local-${physicalName}`;

type RolePolicies = Pick<PrincipalSpec, "policies" | "boundary" | "unknown">;

/** By ARN. */
function readRoles(assembly: ResolvedAssembly): ReadonlyMap<string, RolePolicies> {
  const managed = managedPolicies(assembly);
  const inline = [
    ...assembly.withUnresolved("AWS::IAM::Policy"),
    ...assembly.withUnresolved("AWS::IAM::RolePolicy"),
  ];
  return new Map(
    assembly.withUnresolved("AWS::IAM::Role").map((role) => {
      const { identity, name, properties } = role;
      const arns = listOf(properties["ManagedPolicyArns"]).map(String);
      const boundary = properties["PermissionsBoundary"];
      const attached = [...managed.values()].filter(
        ({ roles, arn }) => roles.includes(name) && !arns.includes(arn),
      );
      const named = [...arns, ...(boundary === undefined ? [] : [String(boundary)])];
      const missing = named.find((arn) => !managed.has(arn) && awsManagedPolicy(arn) === undefined);
      const policyOf = (arn: string): readonly PolicySpec[] => {
        const found = managed.get(arn)?.policy ?? awsManagedPolicy(arn);
        return found === undefined ? [] : [found];
      };
      const [limit] = boundary === undefined ? [] : policyOf(String(boundary));
      const policies = [
        ...listOf(properties["Policies"])
          .filter(isRecord)
          .map((each) => toPolicy(String(each["PolicyName"]), each["PolicyDocument"])),
        ...inline
          .filter((each) => rolesOf(each).includes(name))
          .map((each) => toPolicy(String(each.properties["PolicyName"]), each.properties["PolicyDocument"])),
        ...attached.map(({ policy }) => policy),
        ...arns.flatMap(policyOf),
      ];
      const unknown =
        missing === undefined ? {} : { unknown: `the text of ${missing} is not in the assembly` };
      return [
        identity.attributes["Arn"] ?? name,
        { policies, ...unknown, ...(limit === undefined ? {} : { boundary: limit }) },
      ];
    }),
  );
}

const rolesOf = ({ properties }: ResolvedResource): readonly string[] =>
  [...listOf(properties["Roles"]), properties["RoleName"]].map(String);

interface ManagedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly policy: PolicySpec;
  readonly roles: readonly string[];
}

/** By ARN. */
const managedPolicies = (assembly: ResolvedAssembly): ReadonlyMap<string, ManagedPolicy> =>
  new Map(
    assembly.withUnresolved("AWS::IAM::ManagedPolicy").map((resource) => {
      const { identity, name, path, properties } = resource;
      const policy = toPolicy(name, properties["PolicyDocument"]);
      return [identity.ref, { arn: identity.ref, name, path, policy, roles: rolesOf(resource) }];
    }),
  );

/** Managed policies without a role are for people and other services: each is a caller with this policy alone. */
function readCallers(assembly: ResolvedAssembly): PrincipalSpec[] {
  const attached = new Set(
    assembly
      .withUnresolved("AWS::IAM::Role")
      .flatMap(({ properties }) => [
        ...listOf(properties["ManagedPolicyArns"]).map(String),
        String(properties["PermissionsBoundary"]),
      ]),
  );
  return assembly.withUnresolved("AWS::IAM::ManagedPolicy").flatMap((resource) => {
    const { identity, name, properties, shortPath } = resource;
    const isOfRole = attached.has(identity.ref) || listOf(properties["Roles"]).length > 0;
    if (isOfRole) return [];
    const short = shortPath.replace(/Policy$/, "").toLowerCase();
    return {
      kind: "caller" as const,
      name: short,
      accessKeyId: `local-${short}`,
      arn: `arn:aws:iam::${ACCOUNT}:user/${short}`,
      policies: [toPolicy(name, properties["PolicyDocument"])],
    };
  });
}

const POLICIES_OF: readonly (readonly [type: string, resources: string])[] = [
  ["AWS::SQS::QueuePolicy", "Queues"],
  ["AWS::SQS::QueueInlinePolicy", "Queue"],
  ["AWS::SNS::TopicPolicy", "Topics"],
  ["AWS::SNS::TopicInlinePolicy", "TopicArn"],
  ["AWS::S3::BucketPolicy", "Bucket"],
];

/** By the ARN of the resource. */
function readResourcePolicies(
  assembly: ResolvedAssembly,
  { region }: AssemblyEndpoints,
): ReadonlyMap<string, PolicySpec> {
  const policies = new Map<string, PolicySpec>();
  const add = (arn: string, { name, statements }: PolicySpec) => {
    const before = policies.get(arn);
    policies.set(arn, { name, statements: [...(before?.statements ?? []), ...statements] });
  };
  for (const [type, property] of POLICIES_OF) {
    for (const { name, properties } of assembly.withUnresolved(type)) {
      for (const resource of listOf(properties[property]).map(String))
        add(arnOf(type, resource, region), toPolicy(name, properties["PolicyDocument"]));
    }
  }
  for (const type of ["AWS::DynamoDB::Table", "AWS::SNS::Topic"]) {
    for (const { name, identity, properties } of assembly.withUnresolved(type)) {
      const { PolicyDocument: document } = isRecord(properties["ResourcePolicy"])
        ? properties["ResourcePolicy"]
        : {};
      if (document !== undefined) add(identity.attributes["Arn"] ?? identity.ref, toPolicy(name, document));
    }
  }
  for (const { name, properties } of assembly.withUnresolved("AWS::Lambda::Permission")) {
    const statement = toStatement(properties, region);
    add(String(statement.Resource), { name, statements: [statement] });
  }
  return policies;
}

function arnOf(type: string, resource: string, region: string): string {
  if (type.startsWith("AWS::SQS::")) return `arn:aws:sqs:${region}:${ACCOUNT}:${resource.split("/").at(-1)}`;
  return type.startsWith("AWS::S3::") ? `arn:aws:s3:::${resource}` : resource;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
function toStatement(properties: Json, region: string): StatementSpec {
  const { Action, FunctionName, Principal, SourceAccount, SourceArn, InvokedViaFunctionUrl } = properties;
  // Without the version or alias: the emulator runs one version of a function.
  const named = String(FunctionName).split(":").slice(0, 7).join(":");
  const principal = String(Principal);
  const isService = principal.includes(".amazonaws.com");
  const aws = /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal;
  const conditions = {
    ...(SourceArn === undefined ? {} : { ArnLike: { "aws:SourceArn": SourceArn } }),
    ...(SourceAccount === undefined ? {} : { StringEquals: { "aws:SourceAccount": SourceAccount } }),
    ...(InvokedViaFunctionUrl === undefined
      ? {}
      : { Bool: { "lambda:InvokedViaFunctionUrl": String(InvokedViaFunctionUrl) } }),
  };
  return {
    Effect: "Allow",
    Principal: principal === "*" ? "*" : isService ? { Service: principal } : { AWS: aws },
    Action,
    Resource: named.startsWith("arn:") ? named : functionArn(named, region),
    ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
  };
}

function toPolicy(name: string, document: unknown): PolicySpec {
  const { Statement: statements } = isRecord(document) ? document : {};
  const all = listOf(statements).filter(isRecord) as unknown as readonly StatementSpec[];
  return { name, statements: all.flatMap(withoutUnresolved) };
}

const isUnresolved = (value: unknown): boolean => JSON.stringify(value)?.includes(UNRESOLVED) === true;

/**
 * A statement with values that the emulator does not know: what it allows is not limited by them, what it denies is
 * left out. A call that AWS would accept is not refused for a value that only a deployment has.
 */
function withoutUnresolved(statement: StatementSpec): readonly StatementSpec[] {
  if (!isUnresolved(statement)) return [statement];
  if (statement.Effect !== "Allow") return [];
  const { Condition: conditions, ...rest } = statement;
  const known = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [
      key,
      isUnresolved(value) ? listOf(value).map((each) => (isUnresolved(each) ? "*" : each)) : value,
    ]),
  ) as unknown as StatementSpec;
  return [isUnresolved(conditions) || conditions === undefined ? known : { ...known, Condition: conditions }];
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
