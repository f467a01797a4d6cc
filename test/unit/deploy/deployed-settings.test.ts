import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { chosenSettings, readSettings } from "../../../lib/config.ts";
import type { Account } from "../../../lib/deploy/account.ts";
import { DeployError } from "../../../lib/deploy/deploy-error.ts";
import { settingsOf, settingsToDestroy } from "../../../lib/deploy/deployed-settings.ts";

const account: Account = {
  id: "123456789012",
  region: "eu-central-1",
  credentials: async () => ({ accessKeyId: "key", secretAccessKey: "secret" }),
  origin: (service) => `https://${service}.example`,
  env: {},
};
const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll("'", "&#39;");

/** CloudFormation with these stacks of the stage prod, each with the settings of its deployment. */
const cloudFormation =
  (stacks: Readonly<Record<string, Readonly<Record<string, unknown>>>>): typeof fetch =>
  async (input) => {
    const name = new URL(String(input)).searchParams.get("StackName") ?? "";
    const context = stacks[name.replace("order-events-prod-", "")];
    if (context === undefined)
      return new Response(`<Message>Stack with id ${name} does not exist</Message>`, { status: 400 });
    const value = JSON.stringify(chosenSettings(readSettings({ stage: "prod", ...context })));
    return new Response(`<StackStatus>UPDATE_COMPLETE</StackStatus><Outputs><member>
      <OutputKey>Settings</OutputKey> <OutputValue>${escaped(value)}</OutputValue></member></Outputs>`);
  };

const printed = () => vi.mocked(console.log).mock.calls.flat().join("\n");
beforeEach(() => vi.spyOn(console, "log").mockImplementation(() => {}));
afterEach(() => vi.restoreAllMocks());

const MAILED = { alarmEmail: "o'ps&\"co@example.com", mailSender: "orders@example.com" };

it("a single given setting changes only itself, and mails and alarms stay as deployed", async () => {
  const deployed = cloudFormation({ service: { ...MAILED, dlqRetryDelaysSeconds: "5,6,7" } });

  const { settings, context } = await settingsOf(
    account,
    { stage: "prod", given: { maxConcurrency: "50" } },
    deployed,
  );

  expect(settings).toMatchObject({ ...MAILED, dlqRetryDelaysSeconds: [5, 6, 7], maxConcurrency: 50 });
  expect(context).toEqual([
    ...["-c", `mailSender=${MAILED.mailSender}`, "-c", `alarmEmail=${MAILED.alarmEmail}`],
    ...["-c", "dlqRetryDelaysSeconds=5,6,7", "-c", "maxConcurrency=50", "-c", "stage=prod"],
  ]);
  expect(printed()).toContain(
    "settings kept from the deployment: mailSender, alarmEmail, dlqRetryDelaysSeconds",
  );
  expect(printed()).toMatch(/settings changed: maxConcurrency$/);
});

it("a deployment with another prefix is found by it, and keeps it", async () => {
  const asked: string[] = [];
  const named: typeof fetch = async (input) => {
    asked.push(new URL(String(input)).searchParams.get("StackName") ?? "");
    return new Response("<Message>Stack does not exist</Message>", { status: 400 });
  };

  const { settings } = await settingsOf(account, { stage: "prod", given: { namePrefix: "acme" } }, named);

  expect(asked).toEqual(["acme-prod-service"]);
  expect(settings.namePrefix).toBe("acme");
});

it("a removed setting is printed and omitted", async () => {
  const deployed: typeof fetch = async () =>
    new Response(
      "<Outputs><member><OutputKey>Settings</OutputKey><OutputValue>{&quot;colour&quot;:&quot;red&quot;,&quot;logRetentionDays&quot;:&quot;7&quot;}</OutputValue></member></Outputs>",
    );

  const { settings, context } = await settingsOf(account, { stage: "prod", given: {} }, deployed);

  expect(settings).toMatchObject({ logRetentionDays: 7 });
  expect(context).toEqual(["-c", "logRetentionDays=7", "-c", "stage=prod"]);
  expect(printed()).toContain("settings that no longer exist: colour");
});

it("an empty value resets to lib/config.ts, and an unchanged value is no change", async () => {
  const deployed = cloudFormation({ service: { ...MAILED, logRetentionDays: 7 } });
  const given = { logRetentionDays: "", alarmEmail: MAILED.alarmEmail, region: "eu-central-1" };

  const { settings, context } = await settingsOf(account, { stage: "prod", given }, deployed);

  expect(settings).toMatchObject({ ...MAILED, logRetentionDays: 90, region: "eu-central-1" });
  expect(context.join(" ")).not.toContain("logRetentionDays");
  expect(printed()).toMatch(/settings changed: logRetentionDays$/);
});

it("a stage that is not deployed has only the given settings", async () => {
  const { context } = await settingsOf(
    account,
    { stage: "prod", given: { batchSize: "5" } },
    cloudFormation({}),
  );

  expect(context).toEqual(["-c", "batchSize=5", "-c", "stage=prod"]);
  expect(printed()).not.toContain("kept");
});

it("a conflict with a kept setting is reported with the way to reset it", async () => {
  const deployed = cloudFormation({ service: { backbones: "queues,kafka", processing: "queues,kafka" } });

  const settings = settingsOf(account, { stage: "prod", given: { backbones: "queues" } }, deployed);

  await expect(settings).rejects.toThrow(DeployError);
  await expect(settings).rejects.toThrow(/"processing" names "kafka".* -c name= resets/);
});

it.each([
  ["switched off, its stack left", { service: {}, kafka: {} }, ["queues", "kafka"]],
  ["left by an interrupted destroy", { kafka: {} }, ["queues", "kafka"]],
  ["with both brokers", { service: {}, kafka: {}, rabbitmq: {} }, ["queues", "kafka", "rabbitmq"]],
  ["never deployed", { service: {} }, ["queues"]],
])("a destroy includes each broker whose stack exists: %s", async (_, stacks, expected) => {
  const { settings } = await settingsToDestroy(account, { stage: "prod", given: {} }, cloudFormation(stacks));

  expect(settings.backbones).toEqual(expected);
});

it("chosen settings are those that differ from the stage's defaults, without the account and the region", () => {
  const where = { stage: "prod", account: "123456789012", region: "eu-west-1" };
  const settings = readSettings({ ...where, protectData: true, backlogLimit: 5 });

  expect(chosenSettings(settings)).toEqual({ backlogLimit: "5" });
});
