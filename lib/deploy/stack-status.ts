import type { Account } from "./account.ts";
import { askCloudFormation } from "./cloudformation.ts";
import { DeployError } from "./deploy-error.ts";
import { elementIn, elementsIn, membersIn } from "./xml-answer.ts";

/** The stack of `cdk bootstrap`, which every deployment needs. */
const TOOLKIT = "CDKToolkit";

/** Status of a stack such as `CREATE_COMPLETE`, undefined without such a stack. */
export async function stackStatus(
  account: Account,
  stackName: string,
  send: typeof fetch = fetch,
): Promise<string | undefined> {
  return elementIn(await describe(account, stackName, send), "StackStatus");
}

/** Value of an output of a stack, undefined without such an output or stack. */
export async function stackOutput(
  account: Account,
  stackName: string,
  key: string,
  send: typeof fetch = fetch,
): Promise<string | undefined> {
  const text = await describe(account, stackName, send);
  const output = membersIn(text).find((member) => elementIn(member, "OutputKey") === key);
  return output === undefined ? undefined : elementIn(output, "OutputValue");
}

/** Names of the exports of a stack, undefined without such a stack. */
export async function stackExports(
  account: Account,
  stackName: string,
  send: typeof fetch = fetch,
): Promise<readonly string[] | undefined> {
  const text = await describe(account, stackName, send);
  if (text === "") return;
  return elementsIn(text, "ExportName");
}

/** The description of a stack; empty when it does not exist. */
function describe(account: Account, StackName: string, send: typeof fetch): Promise<string> {
  return askCloudFormation(account, { Action: "DescribeStacks", StackName }, /does not exist/, send);
}

/** Rejects with DeployError when the account and region are not bootstrapped. */
export async function requireBootstrap(account: Account, send: typeof fetch = fetch): Promise<void> {
  if ((await stackStatus(account, TOOLKIT, send)) !== undefined) return;
  throw new DeployError(
    `The account ${account.id} is not bootstrapped in ${account.region}. ` +
      `Run once for each account and region:  npx cdk bootstrap aws://${account.id}/${account.region}`,
  );
}
