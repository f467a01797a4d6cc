import { CloudAssembly, type CloudFormationStackArtifact } from "aws-cdk-lib/cx-api";
import type { Account } from "./account.ts";
import { askCloudFormation } from "./cloudformation.ts";
import { DeployError } from "./deploy-error.ts";
import { stackExports } from "./stack-status.ts";
import { elementsIn } from "./xml-answer.ts";

/** What connects a synthesized stack with others. */
export interface StackLinks {
  readonly name: string;
  readonly exports: readonly string[];
  readonly imports: readonly string[];
  /** The stacks that are deployed before it. */
  readonly after: readonly string[];
}

/** The stacks of a cloud assembly, in the order of deployment. */
export function stackLinks(assembly: string): readonly StackLinks[] {
  return new CloudAssembly(assembly).stacks.map(linksOf);
}

function linksOf({ stackName, template, dependencies }: CloudFormationStackArtifact): StackLinks {
  const { Outputs = {} } = template as { readonly Outputs?: Readonly<Record<string, Output>> };
  return {
    name: stackName,
    exports: Object.values(Outputs).flatMap(({ Export }) => Export?.Name ?? []),
    imports: [...JSON.stringify(template).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(
      ([, name = ""]) => name,
    ),
    after: dependencies.flatMap((each) => ("stackName" in each ? [String(each.stackName)] : [])),
  };
}

interface Output {
  readonly Export?: { readonly Name: string };
}

/**
 * The stacks to update before all others, in this order: they import what other stacks no longer export, and
 * CloudFormation removes no export that is imported. Rejects with DeployError where no order is possible.
 */
export async function stacksToUpdateFirst(
  account: Account,
  stacks: readonly StackLinks[],
  send: typeof fetch = fetch,
): Promise<readonly string[]> {
  const deployed = new Map(
    await Promise.all(
      stacks.map(async ({ name }) => [name, await stackExports(account, name, send)] as const),
    ),
  );
  const removed = stacks.flatMap(({ name, exports }) =>
    (deployed.get(name) ?? []).filter((each) => !exports.includes(each)),
  );
  const importers = new Set<string>();
  for (const name of removed)
    for (const importer of await importersOf(account, name, send)) importers.add(importer);
  const others = [...importers].filter((name) => !stacks.some((stack) => stack.name === name));
  if (others.length > 0)
    throw new DeployError(
      `${others.join(", ")} imports values that this deployment removes: ${removed.join(", ")}. ` +
        "Update or delete that stack first.",
    );
  // The last stack first: one importer may import from another.
  const first = stacks.filter(({ name }) => importers.has(name)).reverse();
  for (const stack of first) refuseDeadlock(stack, stacks, deployed);
  return first.map(({ name }) => name);
}

/** Throws DeployError where a stack that has to be updated first needs what other stacks add. */
function refuseDeadlock(
  { name, imports, after }: StackLinks,
  stacks: readonly StackLinks[],
  deployed: ReadonlyMap<string, readonly string[] | undefined>,
): void {
  const existing = new Set([...deployed.values()].flatMap((each) => each ?? []));
  const added = new Set(stacks.flatMap(({ exports }) => exports).filter((each) => !existing.has(each)));
  const needed = [
    ...after.filter((each) => deployed.get(each) === undefined),
    ...new Set(imports.filter((each) => added.has(each))),
  ];
  if (needed.length > 0)
    throw new DeployError(
      `This deployment removes values that the stack ${name} imports, and adds others that it needs: ` +
        `${needed.join(", ")}. CloudFormation does both only in two deployments: deploy the additions first, then the removals.`,
    );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListImports.html */
async function importersOf(
  account: Account,
  ExportName: string,
  send: typeof fetch,
): Promise<readonly string[]> {
  const query = { Action: "ListImports", ExportName };
  const text = await askCloudFormation(account, query, /is not imported by any stack/, send);
  return elementsIn(text, "member");
}
