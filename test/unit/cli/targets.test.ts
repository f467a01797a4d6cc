import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { profileIn, splitLeadingFlags } from "../../../lib/operator/cli/global-flags.ts";
import { signedFetch } from "../../../lib/operator/target/aws-target.ts";
import { credentialAdvice, isRefusedCredential } from "../../../lib/operator/target/credential-advice.ts";
import { someOrder } from "./some-order.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("global flags", () => {
  test.each([
    [["--json", "failed", "groups"], ["--json"], ["failed", "groups"]],
    [["--url", "http://x", "--json", "mend"], ["--url", "http://x", "--json"], ["mend"]],
    [["--url=http://x", "mend", "--json"], ["--url=http://x"], ["mend", "--json"]],
    [["-h"], ["-h"], []],
    [[], [], []],
  ])("before the command: %j splits into flags %j and words %j", (args, flags, words) => {
    expect(splitLeadingFlags(args)).toEqual({ flags, words });
  });

  test.each([
    [["--json"], "Missing command."],
    [["--json", "failed", "nothing"], 'Unknown command "failed nothing".'],
  ])("without a valid command, %j: %s", async (args, message) => {
    const { code, errors } = await api.run(...args);

    expect(code).toBe(3);
    expect(errors).toContain(message);
  });

  test("before the command are applied", async () => {
    api.answers["GET /stock/tea"] = [{ sku: "tea", onHand: 1, held: 0, available: 1 }];

    const { code, text } = await api.run("--url", "http://other", "--json", "stock", "show", "tea");

    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ sku: "tea" });
  });

  test.each([
    [["--profile", "ops", "mend"], "ops"],
    [["mend", "--profile=ops"], "ops"],
    [["mend"], undefined],
  ])("profile in %j: %s", (args, profile) => {
    expect(profileIn(args)).toBe(profile);
  });
});

describe("an emulator that is still starting", () => {
  const starting = () =>
    Response.json({ code: "EMULATOR_STARTING", title: "The emulator is starting" }, { status: 503 });

  test("is waited for, with a progress line", async () => {
    api.answers["GET /orders/A"] = [starting(), starting(), someOrder()];

    const { code, text, errors } = await api.run("orders", "show", "A");

    expect(code).toBe(0);
    expect(text).toContain("CONFIRMED");
    expect(errors).toContain("still starting");
  });

  test("is distinguished from an unavailable API", async () => {
    api.answers["GET /orders/A"] = [Response.json({ code: "UNAVAILABLE", title: "no" }, { status: 503 })];

    const { code, errors } = await api.run("orders", "show", "A");

    expect(code).toBe(1);
    expect(errors).toContain("503 UNAVAILABLE");
    expect(api.asked).toHaveLength(1);
  });
});

describe("an unknown profile", () => {
  beforeEach(() => {
    for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, "/dev/null");
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"])
      vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test.each([
    [undefined, "profile nope has no AWS region"],
    ["eu-central-1", "the credentials of profile nope are missing"],
  ])("is named in the error, with region %s: %s", async (region, message) => {
    vi.stubEnv("AWS_REGION", region);

    const { code, errors } = await api.run("--stage", "prod", "--profile", "nope", "failed", "groups");

    expect(code).toBe(1);
    expect(errors).toContain(message);
    expect(errors).toContain("aws configure --profile nope");
  });
});

describe("credentials that AWS refuses", () => {
  const access = {
    region: "eu-central-1",
    credentials: async () => ({ accessKeyId: "AKIA", secretAccessKey: "s" }),
    profile: "ops",
  };

  test.each([
    [
      "the header of API Gateway",
      { "x-amzn-errortype": "ExpiredTokenException" },
      '{"detail":"has expired"}',
      403,
    ],
    [
      "the XML of CloudFormation",
      {},
      "<Error><Code>ExpiredToken</Code><Message>The security token is expired</Message></Error>",
      403,
    ],
    [
      "a query error",
      {},
      "<Code>InvalidClientTokenId</Code><Message>The security token is invalid</Message>",
      403,
    ],
  ])(
    "are recognized by %s; the error names the profile and the command that renews them",
    async (_, headers, body, status) => {
      const send = signedFetch(access, "execute-api", async () => new Response(body, { status, headers }));

      await expect(send("https://api/orders/A")).rejects.toThrow(
        /profile ops.*\nRenew them: {2}aws sso login --profile ops/,
      );
    },
  );

  test("are not reported for a missing permission", async () => {
    const body = '{"code":"FORBIDDEN","detail":"The caller has no permission"}';
    const headers = { "x-amzn-errortype": "AccessDeniedException" };
    const send = signedFetch(access, "execute-api", async () => new Response(body, { status: 403, headers }));

    expect((await send("https://api/orders/A")).status).toBe(403);
  });

  test.each([
    ["ops", "The SSO session has expired", "aws sso login --profile ops"],
    [undefined, "Your login session has expired", "aws login"],
    [undefined, "Could not load credentials from any providers", "aws configure"],
    ["old", "The security token included in the request is expired", "aws sso login --profile old"],
  ])("of profile %s with the message %s: renewed by %s", (profile, message, command) => {
    expect(credentialAdvice(profile, new Error(message)).message).toMatch(
      new RegExp(`Renew them: {2}${command}$`),
    );
  });

  test.each([
    ["ExpiredTokenException", true],
    ["UnrecognizedClientException", true],
    ["CredentialsProviderError", true],
    ["AccessDeniedException", false],
    ["Error", false],
  ])("are recognized by the name of an SDK error: %s", (name, expected) => {
    expect(isRefusedCredential(Object.assign(new Error("x"), { name }))).toBe(expected);
  });
});
