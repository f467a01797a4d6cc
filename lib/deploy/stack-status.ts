import { signedFetch } from "../operator/target/aws-target.ts";
import type { Account } from "./account.ts";
import { DeployError } from "./steps.ts";

/** What `cdk bootstrap` makes; without it nothing can be deployed. */
const TOOLKIT = "CDKToolkit";

/** Status of a stack such as `CREATE_COMPLETE`, undefined where there is none. */
export async function stackStatus(
  account: Account,
  stackName: string,
  send: typeof fetch = fetch,
): Promise<string | undefined> {
  return /<StackStatus>(\w+)</.exec(await describe(account, stackName, send))?.[1];
}

/** Value of an output of a stack, undefined where there is no such output or no stack. */
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
 * What CloudFormation says about a stack; empty where there is none.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
async function describe(account: Account, StackName: string, send: typeof fetch): Promise<string> {
  const query = new URLSearchParams({ Action: "DescribeStacks", Version: "2010-05-15", StackName });
  const ask = signedFetch(account, "cloudformation", send);
  const response = await ask(`${account.origin("cloudformation")}/?${query}`);
  const text = await response.text();
  if (response.ok) return text;
  const said = /<Message>([^<]+)</.exec(text)?.[1] ?? `it was answered ${response.status}`;
  if (/does not exist/.test(said)) return "";
  throw new DeployError(`CloudFormation in ${account.region}: ${said}`);
}

/** Rejects with DeployError where the account was never made ready for the toolkit. */
export async function requireBootstrap(account: Account, send: typeof fetch = fetch): Promise<void> {
  if ((await stackStatus(account, TOOLKIT, send)) !== undefined) return;
  throw new DeployError(
    `The account ${account.id} is not ready for the toolkit in ${account.region}. ` +
      `Once for each account and region:  npx cdk bootstrap aws://${account.id}/${account.region}`,
  );
}
