import { SERVICE } from "../../functions/contract/names.ts";
import { physicalName } from "../../lib/constructs/resource-names.ts";
import { sourceDigest } from "../../lib/constructs/source-digest.ts";
import { type AwsAccess, awsAccess, awsOrigins, signedFetch } from "../../lib/operator/target/aws-target.ts";
import { ConnectionError } from "../../lib/operator/target/connection-error.ts";
import { RequestError } from "../../lib/operator/target/request-error.ts";
import type { TargetKind } from "./target.ts";

/** The location of a deployment as plain data, which `run.ts` passes to the test files. */
export interface Deployment {
  readonly kind: Exclude<TargetKind, "emulator">;
  /** The setting `stage`, a part of every physical name. */
  readonly stage: string;
  readonly region: string;
  /** Address of the API without a trailing slash. */
  readonly url: string;
  /** Endpoint of all services of an emulator. */
  readonly endpoint?: string;
  readonly profile?: string;
  readonly bucket: string;
}

/** The requested target: an emulator by its address, or an account. */
export interface Wanted extends Pick<Deployment, "kind" | "stage" | "endpoint" | "profile"> {
  /** Accepts a deployment of other code. */
  readonly allowStale?: boolean;
}

/** A deployment cannot be tested; the message has the remedy. */
export class DeploymentError extends Error {
  override readonly name = "DeploymentError";
}

/** Region and credentials; an emulator accepts any. */
export async function accessTo({
  endpoint,
  profile,
}: Pick<Wanted, "endpoint" | "profile">): Promise<AwsAccess> {
  if (endpoint === undefined) return awsAccess(profile);
  return {
    region: "us-east-1",
    credentials: async () => ({ accessKeyId: "test", secretAccessKey: "test" }),
  };
}

/** The command that deploys again, for messages. */
const REPEAT: Readonly<Record<Deployment["kind"], (stage: string) => string>> = {
  ministack: () => "npm run ministack:test",
  localstack: () => "npm run localstack:deploy",
  aws: (stage) => `npm run deploy -- -c stage=${stage}`,
};

/**
 * Reads the outputs of the stacks of a stage. Rejects with DeploymentError where a stack is missing, is incomplete, or was
 * deployed from other code than this checkout.
 */
export async function findDeployment(wanted: Wanted, send: typeof fetch = fetch): Promise<Deployment> {
  const { allowStale = false, ...where } = wanted;
  const { kind, stage, endpoint } = where;
  const access = await accessTo(where);
  const { region } = access;
  const call = signedFetch(access, "cloudformation", send);
  const origin = endpoint ?? (await awsOrigins(region))("cloudformation");
  const again = `Deploy it again:  ${REPEAT[kind](stage)}`;

  async function ask(Action: string, StackName: string): Promise<string> {
    const query = new URLSearchParams({ Action, Version: "2010-05-15", StackName });
    const response = await call(`${origin}/?${query}`).catch((cause: unknown) => {
      if (cause instanceof RequestError && !(cause instanceof ConnectionError)) throw cause;
      throw new DeploymentError(`Nothing answers at ${origin}. ${hintOf(kind)}`, { cause });
    });
    const text = await response.text();
    if (response.ok) return text;
    const reason = /<Message>([^<]+)</.exec(text)?.[1] ?? `it was answered ${response.status}`;
    if (/does not exist/.test(reason))
      throw new DeploymentError(`There is no stack ${StackName} in ${region}. ${again}`);
    throw new DeploymentError(`${Action} of ${StackName} in ${region}: ${reason}`);
  }

  const service = physicalName(stage, "service");
  const description = await ask("DescribeStacks", service);
  const status = /<StackStatus>(\w+)</.exec(description)?.[1] ?? "of no status";
  if (!/^(CREATE|UPDATE)_COMPLETE/.test(status))
    throw new DeploymentError(`The stack ${service} is ${status}. ${again}`);
  const output = (key: string) =>
    new RegExp(`<OutputKey>${key}</OutputKey>\\s*<OutputValue>([^<]+)<`).exec(description)?.[1];
  const address = output("ApiAddress");
  if (address === undefined || (output("SourceDigest") !== sourceDigest() && !allowStale))
    throw new DeploymentError(
      `The stack ${service} was deployed from other code than that of this checkout. ${again}`,
    );
  const resources = await ask("DescribeStackResources", physicalName(stage, "data"));
  const bucket = resources
    .split("</member>")
    .find((member) => member.includes(">AWS::S3::Bucket<"))
    ?.match(/<PhysicalResourceId>([^<]+)</)?.[1];
  if (bucket === undefined)
    throw new DeploymentError(`The stack ${physicalName(stage, "data")} has no bucket. ${again}`);
  return {
    ...where,
    region,
    bucket,
    url: endpoint === undefined ? address.replace(/\/$/, "") : atEmulator(address, endpoint),
  };
}

/** The outputs have a host of AWS; both emulators serve every API below this path. */
function atEmulator(address: string, endpoint: string): string {
  const { hostname, pathname } = new URL(address);
  const [id] = hostname.split(".");
  return `${endpoint}/restapis/${id}/${pathname.split("/")[1]}/_user_request_`;
}

function hintOf(kind: Deployment["kind"]): string {
  switch (kind) {
    case "aws":
      return "Check the region (AWS_REGION, or the profile's) and the network.";
    case "localstack":
      return "Start it:  npm run localstack:up";
    case "ministack":
      return `Start and test it in one:  npm run ministack:test   (${SERVICE} keeps none running)`;
  }
}
