import { physicalName } from "../../lib/constructs/resource-names.ts";
import { resolveAccount } from "../../lib/deploy/account.ts";
import { emptyBucketOf } from "../../lib/deploy/bucket.ts";
import { runOrThrow } from "../../lib/deploy/child.ts";
import { confirm, requireTerminal } from "../../lib/deploy/confirm.ts";
import { DeployError } from "../../lib/deploy/deploy-error.ts";
import { DESTROY_HELP, destroyFlags } from "../../lib/deploy/deploy-flags.ts";
import { settingsToDestroy } from "../../lib/deploy/deployed-settings.ts";
import { stackStatus } from "../../lib/deploy/stack-status.ts";
import { runScript, step } from "../../lib/deploy/steps.ts";
import { scriptFlags } from "../../lib/script-flags.ts";
import { onClosedOutput, printLine } from "../../lib/terminal.ts";

/** `npm run destroy`: lists what is kept, asks for confirmation, deletes the stacks and verifies that they are gone. */
const CDK = "node_modules/.bin/cdk";
/** The stack of a broker exists only when it was deployed. */
const STACKS = ["monitoring", "service", "kafka", "rabbitmq", "messaging", "data"];

// Between two steps: the CDK prints its own output.
onClosedOutput(() => process.exit(1));

const { stage, region, given, profile, yes, emptyBucket } = scriptFlags(DESTROY_HELP, destroyFlags);

await runScript(async () => {
  if (!yes) requireTerminal();
  const account = await step("check the credentials", () =>
    resolveAccount({ region, ...(profile !== undefined && { profile }) }),
  );
  const { settings, context } = await step("read the settings of the deployment", () =>
    settingsToDestroy(account, { stage, given }),
  );
  const { protectData, apiLogRole, backbones } = settings;
  const kept = [
    ...(protectData ? ["the tables, queues, bucket and log groups (protectData)"] : []),
    ...(protectData && backbones.length > 1 ? ["the brokers (protectData)"] : []),
    ...(apiLogRole ? ["the IAM role with which the account's APIs write logs"] : []),
    "the resources of `cdk bootstrap`",
  ];
  printLine(`   account ${account.id}, region ${account.region}, stage ${stage}. Kept: ${kept.join("; ")}.`);
  if (!yes) await confirm(`Destroy stage ${stage} in account ${account.id}? Type its name`, stage);
  if (!protectData)
    await step("check the bucket of crashed batches", () =>
      emptyBucketOf(account, physicalName(settings, "data"), emptyBucket),
    );
  await step("cdk destroy --all", () =>
    runOrThrow(CDK, ["destroy", "--all", "--force", ...context], { env: account.env, visible: true }),
  );
  await step("verify that the stacks are gone", async () => {
    for (const name of STACKS.map((each) => physicalName(settings, each))) {
      const status = await stackStatus(account, name);
      if (status !== undefined && status !== "DELETE_COMPLETE")
        throw new DeployError(
          `The stack ${name} still exists (${status}). Check its events in CloudFormation, then run this command again.`,
        );
    }
  });
  printLine("All stacks are deleted.");
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html
  if (!protectData)
    printLine(
      "SQS refuses the names of deleted queues for 60 seconds. npm run deploy waits until they are free.",
    );
  return 0;
});
