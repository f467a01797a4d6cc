import { physicalName } from "../lib/constructs/resource-names.ts";
import { resolveAccount } from "../lib/deploy/account.ts";
import { emptyBucketOf } from "../lib/deploy/bucket.ts";
import { runOrThrow } from "../lib/deploy/child.ts";
import { confirm, requireTerminal } from "../lib/deploy/confirm.ts";
import { DESTROY_HELP, deployFlags } from "../lib/deploy/deploy-flags.ts";
import { settingsToDestroy } from "../lib/deploy/deployed-settings.ts";
import { stackStatus } from "../lib/deploy/stack-status.ts";
import { DeployError, runCommand, step } from "../lib/deploy/steps.ts";
import { scriptFlags } from "../lib/script-flags.ts";

/** `npm run destroy`: says what stays, asks, takes the stacks away, and looks whether they are gone. */
const CDK = "node_modules/.bin/cdk";
/** The Kafka stack is there only where it was deployed. */
const STACKS = ["monitoring", "service", "kafka", "messaging", "data"];

const { stage, region, given, profile, yes, emptyBucket } = scriptFlags(DESTROY_HELP, deployFlags);

await runCommand(async () => {
  if (!yes) requireTerminal();
  const account = await step("look at the account", () =>
    resolveAccount({ region, ...(profile !== undefined && { profile }) }),
  );
  const { settings, context } = await step("look at its settings", () =>
    settingsToDestroy(account, { stage, given }),
  );
  const { protectData, apiLogRole } = settings;
  const stays = [
    ...(protectData ? ["tables, queues and the bucket (protectData)"] : []),
    ...(apiLogRole ? ["the role by which the account's APIs write logs"] : []),
    "what `cdk bootstrap` made",
  ];
  console.log(
    `   account ${account.id}, region ${account.region}, stage ${stage}. What stays: ${stays.join("; ")}.`,
  );
  if (!yes) await confirm(`Destroy the stage ${stage} in account ${account.id}? Say its name:`, stage);
  if (!protectData)
    await step("the bucket of crashed batches is empty", () =>
      emptyBucketOf(account, physicalName(stage, "data"), emptyBucket),
    );
  await step("cdk destroy --all", () =>
    runOrThrow(CDK, ["destroy", "--all", "--force", ...context], { env: account.env, visible: true }),
  );
  await step("what is left", async () => {
    for (const name of STACKS.map((each) => physicalName(stage, each))) {
      const status = await stackStatus(account, name);
      if (status !== undefined && status !== "DELETE_COMPLETE")
        throw new DeployError(
          `The stack ${name} is still there (${status}). See its events, then run this again.`,
        );
    }
  });
  console.log("The stacks are gone.");
  return 0;
});
