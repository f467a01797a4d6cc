import { signedFetch } from "../operator/target/aws-target.ts";
import type { Account } from "./account.ts";
import { DeployError } from "./deploy-error.ts";
import { elementIn } from "./xml-answer.ts";

/**
 * The answer of an action; empty for the error that `absent` matches. Rejects with DeployError for any other one.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html
 */
export async function askCloudFormation(
  account: Account,
  query: Readonly<Record<string, string>> & { readonly Action: string },
  absent: RegExp | undefined,
  send: typeof fetch,
): Promise<string> {
  const ask = signedFetch(account, "cloudformation", send);
  const parameters = new URLSearchParams({ Version: "2010-05-15", ...query });
  const response = await ask(`${account.origin("cloudformation")}/?${parameters}`);
  const text = await response.text();
  if (response.ok) return text;
  const reason = elementIn(text, "Message") ?? `status ${response.status}`;
  if (absent?.test(reason)) return "";
  throw new DeployError(`CloudFormation in ${account.region}: ${reason}`);
}
