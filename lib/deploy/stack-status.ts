import { signedFetch } from "../operator/target/aws-target.ts";
import type { Account } from "./account.ts";
import { DeployError } from "./steps.ts";

/** The stack of `cdk bootstrap`, which every deployment needs. */
const TOOLKIT = "CDKToolkit";

/** Status of a stack such as `CREATE_COMPLETE`, undefined without such a stack. */
export async function stackStatus(
  account: Account,
  stackName: string,
  send: typeof fetch = fetch,
): Promise<string | undefined> {
  return /<StackStatus>(\w+)</.exec(await describe(account, stackName, send))?.[1];
}

/** Value of an output of a stack, undefined without such an output or stack. */
export async function stackOutput(
  account: Account,
  stackName: string,
  key: string,
  send: typeof fetch = fetch,
): Promise<string | undefined> {
  const text = await describe(account, stackName, send);
  const value = new RegExp(`<OutputKey>${key}</OutputKey>\\s*<OutputValue>([^<]*)<`).exec(text)?.[1];
  return value?.replaceAll(/&(?:(\w+)|#(\d+)|#x([\da-f]+));/gi, decoded);
}

const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: "<", gt: ">", amp: "&" };

function decoded(entity: string, name?: string, decimal?: string, hex?: string): string {
  if (name !== undefined) return ENTITIES[name] ?? entity;
  return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal));
}

/**
 * The description of a stack; empty when it does not exist.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
async function describe(account: Account, StackName: string, send: typeof fetch): Promise<string> {
  const query = new URLSearchParams({ Action: "DescribeStacks", Version: "2010-05-15", StackName });
  const ask = signedFetch(account, "cloudformation", send);
  const response = await ask(`${account.origin("cloudformation")}/?${query}`);
  const text = await response.text();
  if (response.ok) return text;
  const reason = /<Message>([^<]+)</.exec(text)?.[1] ?? `status ${response.status}`;
  if (/does not exist/.test(reason)) return "";
  throw new DeployError(`CloudFormation in ${account.region}: ${reason}`);
}

/** Rejects with DeployError when the account and region are not bootstrapped. */
export async function requireBootstrap(account: Account, send: typeof fetch = fetch): Promise<void> {
  if ((await stackStatus(account, TOOLKIT, send)) !== undefined) return;
  throw new DeployError(
    `The account ${account.id} is not bootstrapped in ${account.region}. ` +
      `Run once for each account and region:  npx cdk bootstrap aws://${account.id}/${account.region}`,
  );
}
