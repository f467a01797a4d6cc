import type { ApiTarget } from "./api-client.ts";
import { RequestError } from "./command.ts";
import { type AwsCredentials, signedHeaders } from "./sign.ts";

export interface AwsAccess {
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
}

/** Region and credentials as every AWS program finds them: environment, profile, sign-on, instance. */
export async function awsAccess(profile: string | undefined): Promise<AwsAccess> {
  // Loaded here, because a command against the stage of this machine needs none of it.
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  const { config } = new DynamoDBClient(profile === undefined ? {} : { profile });
  try {
    return { region: await config.region(), credentials: () => config.credentials() };
  } catch (cause) {
    throw new RequestError("no AWS region is known: set AWS_REGION, or name a --profile that has one", {
      cause,
    });
  }
}

/** Like `fetch`, with each request signed for the service. */
export function signedFetch(
  { region, credentials }: AwsAccess,
  service: string,
  send: typeof fetch = fetch,
): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(String(input));
    const { method = "GET", body } = init;
    const keys = await credentials().catch((cause: unknown) => {
      throw new RequestError(`no AWS credentials: ${String(cause)}`, { cause });
    });
    const headers = signedHeaders(
      {
        method,
        url,
        headers: Object.fromEntries(new Headers(init.headers)),
        body: typeof body === "string" ? body : "",
      },
      { service, region, credentials: keys, at: new Date() },
    );
    return send(url, { ...init, headers });
  };
}

/** The API of a deployment, by the address that its stack gives out. */
export async function awsTarget(
  stackName: string,
  access: AwsAccess,
  send: typeof fetch = fetch,
): Promise<Required<ApiTarget>> {
  const url = await addressOf(stackName, access, send);
  return { url, fetch: signedFetch(access, "execute-api", send) };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
async function addressOf(stackName: string, access: AwsAccess, send: typeof fetch): Promise<string> {
  const query = new URLSearchParams({
    Action: "DescribeStacks",
    Version: "2010-05-15",
    StackName: stackName,
  });
  const host = `https://cloudformation.${access.region}.amazonaws.com`;
  const response = await signedFetch(access, "cloudformation", send)(`${host}/?${query}`);
  const text = await response.text();
  const output = /<OutputKey>ApiAddress<\/OutputKey>\s*<OutputValue>([^<]+)</.exec(text)?.[1];
  if (output !== undefined) return output;
  const said = /<Message>([^<]+)</.exec(text)?.[1] ?? `it was answered ${response.status}`;
  throw new RequestError(`the stack ${stackName} in ${access.region} gives no address of an API: ${said}`);
}
