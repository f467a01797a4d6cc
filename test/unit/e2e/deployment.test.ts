import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { sourceDigest } from "../../../lib/constructs/source-digest.ts";
import { findDeployment } from "../../e2e/deployment.ts";

beforeEach(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "key");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  vi.stubEnv("AWS_REGION", "eu-central-1");
});
afterEach(() => vi.unstubAllEnvs());

const AWS = { kind: "aws", stage: "dev" } as const;
const MINISTACK = { kind: "ministack", stage: "local", endpoint: "http://127.0.0.1:1" } as const;

const output = (key: string, value: string) =>
  `<OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue>`;
const address = output("ApiAddress", "https://abc.execute-api.eu-central-1.amazonaws.com/v1/");
const stack = (status: string, outputs = address + output("SourceDigest", sourceDigest())) =>
  `<StackStatus>${status}</StackStatus>${outputs}`;
const BUCKET =
  "<member><PhysicalResourceId>a-table</PhysicalResourceId><ResourceType>AWS::DynamoDB::Table</ResourceType></member>" +
  "<member><PhysicalResourceId>a-bucket</PhysicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType></member>";
const denied = (message: string) => `<Error><Message>${message}</Message></Error>`;

/** CloudFormation with this response to DescribeStacks, and a bucket for DescribeStackResources. */
const cloudFormation =
  (description: string, status = 200, resources = BUCKET): typeof fetch =>
  async (input) =>
    String(input).includes("DescribeStackResources")
      ? new Response(resources)
      : new Response(description, { status });

it("a deployment of an account has the address in the output of its stack", async () => {
  const found = await findDeployment(AWS, cloudFormation(stack("UPDATE_COMPLETE")));

  expect(found).toEqual({
    ...AWS,
    region: "eu-central-1",
    bucket: "a-bucket",
    url: "https://abc.execute-api.eu-central-1.amazonaws.com/v1",
  });
});

it.each(["", output("SourceDigest", "of-other-code")])(
  "a deployment with %j is accepted with the flag for it",
  async (digest) => {
    const send = cloudFormation(stack("CREATE_COMPLETE", address + digest));

    const found = await findDeployment({ ...AWS, allowStale: true }, send);

    expect(found).not.toHaveProperty("allowStale");
    expect(found.url).toContain("https://abc.");
  },
);

it("an emulator serves the API below its address", async () => {
  const found = await findDeployment(MINISTACK, cloudFormation(stack("CREATE_COMPLETE")));

  expect(found.url).toBe("http://127.0.0.1:1/restapis/abc/v1/_user_request_");
});

it.each([
  [
    "no stack of that stage",
    cloudFormation(denied("Stack with id order-events-dev-service does not exist"), 400),
    "There is no stack order-events-dev-service in eu-central-1. Deploy it again:  npm run deploy -- -c stage=dev",
  ],
  [
    "a stack that was never finished",
    cloudFormation(stack("ROLLBACK_COMPLETE")),
    "The stack order-events-dev-service is ROLLBACK_COMPLETE. Deploy it again:  npm run deploy -- -c stage=dev",
  ],
  ...(["", address, address + output("SourceDigest", "of-other-code")].map((outputs) => [
    `a stack of other code, with the outputs ${outputs.replaceAll(/<[^>]+>/g, " ")}`,
    cloudFormation(stack("CREATE_COMPLETE", outputs)),
    "The stack order-events-dev-service was deployed from other code than that of this checkout. Deploy it again:  npm run deploy -- -c stage=dev",
  ]) satisfies [string, typeof fetch, string][]),
  [
    "a data stack without its bucket",
    cloudFormation(stack("CREATE_COMPLETE"), 200, ""),
    "The stack order-events-dev-data has no bucket. Deploy it again:  npm run deploy -- -c stage=dev",
  ],
  [
    "credentials that AWS refuses",
    cloudFormation(denied("The security token included in the request is invalid."), 403),
    "DescribeStacks of order-events-dev-service in eu-central-1: The security token included in the request is invalid.",
  ],
  [
    "an invalid region",
    (async () => {
      throw new TypeError("fetch failed");
    }) as typeof fetch,
    "Nothing answers at https://cloudformation.eu-central-1.amazonaws.com. Check the region (AWS_REGION, or the profile's) and the network.",
  ],
])("%s is reported in one line with the remedy", async (_, send, message) => {
  await expect(findDeployment(AWS, send)).rejects.toThrow(message);
});
