import { signedFetch } from "../operator/target/aws-target.ts";
import type { Account } from "./account.ts";
import { DeployError } from "./deploy-error.ts";

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
  const reason = /<Message>([^<]+)</.exec(text)?.[1] ?? `status ${response.status}`;
  if (absent?.test(reason)) return "";
  throw new DeployError(`CloudFormation in ${account.region}: ${reason}`);
}

const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: "<", gt: ">", amp: "&" };

/** The text of an element, with its characters decoded. */
export function decodedText(text: string): string {
  return text.replaceAll(
    /&(?:(\w+)|#(\d+)|#x([\da-f]+));/gi,
    (entity: string, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? entity;
      return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal));
    },
  );
}
