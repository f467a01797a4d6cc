import { type AwsAccess, awsAccess, signedFetch } from "../operator/target/aws-target.ts";
import { RequestError } from "../operator/target/request-error.ts";
import { DeployError } from "./steps.ts";

/** An account that takes the credentials. */
export interface Account extends AwsAccess {
  readonly id: string;
  /** Where each service answers; AWS_ENDPOINT_URL, if it is set, answers for all. */
  readonly origin: (service: string) => string;
  /** What the toolkit is started with, so that both mean the same account. */
  readonly env: NodeJS.ProcessEnv;
}

const SIGN_ON = "Sign on (aws sso login --profile P), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.";

/**
 * The account and region that a deployment goes to. Rejects with DeployError where there is no region, there are no
 * credentials, or AWS takes neither; `region` is that of the settings, empty where they name none.
 */
export async function resolveAccount(
  { profile, region = "" }: { readonly profile?: string; readonly region?: string },
  send: typeof fetch = fetch,
): Promise<Account> {
  // Both the SDK and the toolkit look there first.
  if (region !== "") process.env["AWS_REGION"] = region;
  const access = await awsAccess(profile).catch(rethrow);
  const origin = (service: string) =>
    process.env["AWS_ENDPOINT_URL"] ?? `https://${service}.${access.region}.amazonaws.com`;
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
    if (error instanceof RequestError) return rethrow(error);
    throw new DeployError(
      `Nothing answers at ${origin}: is ${access.region} the name of a region, and is there a network?`,
      { cause: error },
    );
  });
  const text = await response.text();
  const id = /<Account>(\d{12})</.exec(text)?.[1];
  if (id !== undefined) return id;
  const said = /<Message>([^<]+)</.exec(text)?.[1] ?? `it was answered ${response.status}`;
  throw new DeployError(`AWS does not take the credentials in ${access.region}: ${said} ${SIGN_ON}`);
}

function rethrow(error: unknown): never {
  if (!(error instanceof RequestError)) throw error;
  throw new DeployError(error.message, { cause: error });
}
