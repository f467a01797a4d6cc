import { signedFetch } from "../target/aws-target.ts";
import type { Account } from "./account.ts";
import { DeployError } from "./steps.ts";

/** What `cdk bootstrap` makes; without it nothing can be deployed. */
const TOOLKIT = "CDKToolkit";

/**
 * Status of a stack such as `CREATE_COMPLETE`, undefined where there is none.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
export async function stackStatus(
  account: Account,
  StackName: string,
  send: typeof fetch = fetch,
): Promise<string | undefined> {
  const query = new URLSearchParams({ Action: "DescribeStacks", Version: "2010-05-15", StackName });
  const ask = signedFetch(account, "cloudformation", send);
  const response = await ask(`${account.origin("cloudformation")}/?${query}`);
  const text = await response.text();
  if (response.ok) return /<StackStatus>(\w+)</.exec(text)?.[1];
  const said = /<Message>([^<]+)</.exec(text)?.[1] ?? `it was answered ${response.status}`;
  if (/does not exist/.test(said)) return undefined;
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
