import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { resolveAccount } from "../../../lib/deploy/account.ts";
import { DeployError } from "../../../lib/deploy/deploy-error.ts";
import { requireBootstrap, stackStatus } from "../../../lib/deploy/stack-status.ts";

beforeEach(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "key");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  vi.stubEnv("AWS_REGION", "eu-central-1");
  // Only the environment, without the profile and the instance identity of the machine.
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("AWS_CONFIG_FILE", "/nowhere/config");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials");
  vi.stubEnv("AWS_ENDPOINT_URL", undefined);
});
afterEach(() => vi.unstubAllEnvs());

const answers =
  (text: string, status = 200): typeof fetch =>
  async () =>
    new Response(text, { status });
const IDENTITY = answers("<Account>123456789012</Account>");

it("resolves the id, the region and the environment of the CDK CLI", async () => {
  const account = await resolveAccount({}, IDENTITY);

  expect(account).toMatchObject({ id: "123456789012", region: "eu-central-1" });
  expect(account.origin("sts")).toBe("https://sts.eu-central-1.amazonaws.com");
  expect(account.env).toMatchObject({ AWS_REGION: "eu-central-1", CDK_DISABLE_CLI_TELEMETRY: "1" });
});

it("the region of the settings wins over that of the environment", async () => {
  const { region, env } = await resolveAccount({ region: "us-east-1" }, IDENTITY);

  expect([region, env["AWS_REGION"]]).toEqual(["us-east-1", "us-east-1"]);
});

it.each([
  ["no region", { AWS_REGION: undefined }, IDENTITY, /no AWS region: set AWS_REGION/],
  ["no credentials", { AWS_ACCESS_KEY_ID: undefined }, IDENTITY, /credentials/],
  [
    "an invalid region",
    { AWS_REGION: "eu-nowhere-1" },
    (async () => {
      throw new TypeError("fetch failed");
    }) as typeof fetch,
    /No response from https:\/\/sts\.eu-nowhere-1\.amazonaws\.com\. Check the region name eu-nowhere-1/,
  ],
  [
    "credentials that have expired",
    {},
    answers("<Message>The security token included in the request is expired</Message>", 403),
    /rejected the credentials in eu-central-1: .* is expired Sign in \(aws sso login/,
  ],
])("%s: one line with the remedy", async (_, variables, send, expected) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);

  const reached = resolveAccount({}, send);

  await expect(reached).rejects.toThrow(DeployError);
  await expect(reached).rejects.toThrow(expected);
});

it("an account that is not bootstrapped is reported with the command that bootstraps it", async () => {
  const account = await resolveAccount({}, IDENTITY);

  const ready = requireBootstrap(
    account,
    answers("<Message>Stack with id CDKToolkit does not exist</Message>", 400),
  );

  await expect(ready).rejects.toThrow("npx cdk bootstrap aws://123456789012/eu-central-1");
});

it("an error of CloudFormation is not a missing stack", async () => {
  const account = await resolveAccount({}, IDENTITY);

  const status = stackStatus(account, "a-stack", answers("<Message>User is not authorized</Message>", 403));

  await expect(status).rejects.toThrow("CloudFormation in eu-central-1: User is not authorized");
});
