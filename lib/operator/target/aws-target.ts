import { CONSUMER_NAMES } from "../../../functions/consumers/consumers.ts";
import { ROLES } from "../../../functions/contract/roles.ts";
import { type AwsCredentials, signedHeaders } from "../../aws-signature.ts";
import { printableLine } from "../../terminal-text.ts";
import type { ApiTarget } from "./api-client.ts";
import { connectionError } from "./connection-error.ts";
import { credentialAdvice, isCredentialError } from "./credential-advice.ts";
import { RequestError } from "./request-error.ts";
import { rolesByPolicy } from "./role-access.ts";

export interface AwsAccess {
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
  /** For errors; absent for the default credentials. */
  readonly profile?: string;
}

/** Region and credentials from the default provider chain: environment, profile, SSO, instance. */
export async function awsAccess(profile: string | undefined): Promise<AwsAccess> {
  // Loaded here, because a command against the local emulator does not need it.
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  const { config } = new DynamoDBClient(profile === undefined ? {} : { profile });
  try {
    return {
      region: await config.region(),
      credentials: () =>
        config.credentials().catch((cause: unknown) => {
          throw credentialAdvice(profile, cause);
        }),
      ...(profile === undefined ? {} : { profile }),
    };
  } catch (cause) {
    const message =
      profile === undefined
        ? "no AWS region: set AWS_REGION, or pass a --profile with a region"
        : `profile ${profile} has no AWS region: set AWS_REGION, or run  aws configure --profile ${profile}`;
    throw new RequestError(printableLine(message), { cause });
  }
}

/** The access key of the emulator's caller with the policy of a role. */
export const emulatorAccess = (role: string): AwsAccess => ({
  region: "us-east-1",
  credentials: async () => ({ accessKeyId: `local-${role}`, secretAccessKey: "local" }),
});

/** The address of each service in a region; China has another suffix. */
export async function awsOrigins(region: string): Promise<(service: string) => string> {
  const { partition } = await import("@aws-sdk/core/client");
  const { dnsSuffix } = partition(region);
  return (service) => `https://${service}.${region}.${dnsSuffix}`;
}

/** A `fetch` that signs each request for the service. */
export function signedFetch(
  { region, credentials, profile }: AwsAccess,
  service: string,
  send: typeof fetch = fetch,
): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(String(input));
    const { method = "GET", body } = init;
    const keys = await credentials();
    const headers = signedHeaders(
      {
        method,
        url,
        headers: Object.fromEntries(new Headers(init.headers)),
        body: typeof body === "string" ? body : "",
      },
      { service, region, credentials: keys, at: new Date() },
    );
    const response = await send(url, { ...init, headers }).catch((error: unknown) => {
      throw connectionError(url.origin, error);
    });
    if (response.status === 400 || response.status === 403) {
      const body = await response.clone().text();
      const type = response.headers.get("x-amzn-errortype");
      if (isCredentialError(type, body))
        throw credentialAdvice(profile, new Error(messageIn(body) ?? type ?? ""));
    }
    return response;
  };
}

/** The message of an error response in XML or JSON. */
const messageIn = (body: string): string | undefined =>
  (/<Message>([^<]+)</.exec(body) ?? /"(?:message|detail)":"([^"]+)"/i.exec(body))?.[1];

export interface AwsTarget extends ApiTarget {
  readonly fetch: typeof fetch;
  /** Consumers whose messages can be redriven; includes those of Kafka where it is deployed. */
  readonly consumers: readonly string[];
  readonly topicArn?: string;
}

/** The API of a deployment, by the outputs of its stack. */
export async function awsTarget(
  stackName: string,
  access: AwsAccess,
  send: typeof fetch = fetch,
): Promise<AwsTarget> {
  const { ApiAddress: url = "", TopicArn: topicArn, ...outputs } = await outputsOf(stackName, access, send);
  const consumers = CONSUMER_NAMES.filter(
    (name) => name === "publish-events" || outputs[`QueueUrl${name.replaceAll("-", "")}`] !== undefined,
  );
  const policies = Object.fromEntries(
    ROLES.map((role) => [role, outputs[`${role.charAt(0).toUpperCase()}${role.slice(1)}PolicyArn`]]),
  );
  return {
    url,
    fetch: signedFetch(access, "execute-api", send),
    consumers,
    getRole: rolesByPolicy(policies),
    ...(topicArn && { topicArn }),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
async function outputsOf(
  stackName: string,
  access: AwsAccess,
  send: typeof fetch,
): Promise<Readonly<Record<string, string>>> {
  const query = new URLSearchParams({
    Action: "DescribeStacks",
    Version: "2010-05-15",
    StackName: stackName,
  });
  const host = (await awsOrigins(access.region))("cloudformation");
  const response = await signedFetch(access, "cloudformation", send)(`${host}/?${query}`);
  const text = await response.text();
  const outputs = Object.fromEntries(
    [...text.matchAll(/<OutputKey>([^<]+)<\/OutputKey>\s*<OutputValue>([^<]+)</g)].map(
      ([, key = "", value = ""]) => [key, value] as const,
    ),
  );
  if (outputs["ApiAddress"] !== undefined) return outputs;
  const reason = /<Message>([^<]+)</.exec(text)?.[1] ?? `status ${response.status}`;
  throw new RequestError(
    printableLine(`the stack ${stackName} in ${access.region} has no output ApiAddress: ${reason}`),
  );
}
