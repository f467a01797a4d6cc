import { type AwsAccess, awsAccess, awsOrigins, signedFetch } from "../operator/target/aws-target.ts";
import { ConnectionError } from "../operator/target/connection-error.ts";
import { RequestError } from "../operator/target/request-error.ts";
import { DeployError } from "./deploy-error.ts";
import { elementIn } from "./xml-answer.ts";

/** An account that accepts the credentials. */
export interface Account extends AwsAccess {
  readonly id: string;
  /** Endpoint of a service; AWS_ENDPOINT_URL replaces all of them. */
  readonly origin: (service: string) => string;
  /** Environment for the CDK CLI, so that it uses the same account. */
  readonly env: NodeJS.ProcessEnv;
}

const SIGN_ON = "Sign in (aws sso login --profile P), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.";

/**
 * The account and region of a deployment. Rejects with DeployError without a region, without credentials, or when AWS
 * rejects them. `region` comes from the settings and may be empty.
 */
export async function resolveAccount(
  { profile, region = "" }: { readonly profile?: string; readonly region?: string },
  send: typeof fetch = fetch,
): Promise<Account> {
  // The SDK and the CDK CLI both read it first.
  if (region !== "") process.env["AWS_REGION"] = region;
  const access = await awsAccess(profile).catch(rethrow);
  const inAws = await awsOrigins(access.region);
  const origin = (service: string) => process.env["AWS_ENDPOINT_URL"] ?? inAws(service);
  return {
    ...access,
    origin,
    id: await accountId(access, origin("sts"), send),
    env: {
      ...process.env,
      ...(profile !== undefined && { AWS_PROFILE: profile }),
      AWS_REGION: access.region,
      CDK_DISABLE_CLI_TELEMETRY: "1",
    },
  };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
async function accountId(access: AwsAccess, origin: string, send: typeof fetch): Promise<string> {
  const query = new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" });
  const response = await signedFetch(
    access,
    "sts",
    send,
  )(`${origin}/?${query}`).catch((error: unknown) => {
    if (error instanceof RequestError && !(error instanceof ConnectionError)) return rethrow(error);
    throw new DeployError(
      `No response from ${origin}. Check the region name ${access.region} and the network.`,
      { cause: error },
    );
  });
  const text = await response.text();
  const id = /<Account>(\d{12})</.exec(text)?.[1];
  if (id !== undefined) return id;
  const reason = elementIn(text, "Message") ?? `status ${response.status}`;
  throw new DeployError(`AWS rejected the credentials in ${access.region}: ${reason} ${SIGN_ON}`);
}

function rethrow(error: unknown): never {
  if (!(error instanceof RequestError)) throw error;
  throw new DeployError(error.message, { cause: error });
}
