import { setTimeout as sleep } from "node:timers/promises";
import { resolveAccount } from "../../lib/deploy/account.ts";
import { runOrThrow } from "../../lib/deploy/child.ts";
import { confirm, requireTerminal } from "../../lib/deploy/confirm.ts";
import { waitForQueueNames } from "../../lib/deploy/deleted-queues.ts";
import { DEPLOY_HELP, deployFlags } from "../../lib/deploy/deploy-flags.ts";
import { settingsOf } from "../../lib/deploy/deployed-settings.ts";
import { stackLinks, stacksToUpdateFirst } from "../../lib/deploy/removed-exports.ts";
import { requireBootstrap } from "../../lib/deploy/stack-status.ts";
import { runScript, step } from "../../lib/deploy/steps.ts";
import { scriptFlags } from "../../lib/script-flags.ts";
import { onClosedOutput, printLine } from "../../lib/terminal.ts";

/** `npm run deploy`: shows the cost and the changes, asks for confirmation and deploys. */
const CDK = "node_modules/.bin/cdk";
const ASSEMBLY = ".cache/cdk.out.deploy";

// Between two steps: the CDK prints its own output.
onClosedOutput(() => process.exit(1));

const { stage, region, given, profile, yes } = scriptFlags(DEPLOY_HELP, deployFlags);

await runScript(async () => {
  if (!yes) requireTerminal();
  const account = await step("check the credentials", () =>
    resolveAccount({ region, ...(profile !== undefined && { profile }) }),
  );
  printLine(`   account ${account.id}, region ${account.region}, stage ${stage}`);
  const { settings, context } = await step("read the settings of the deployment", () =>
    settingsOf(account, { stage, given }),
  );
  const shown = { env: account.env, visible: true };
  await step("check the CDK bootstrap", () => requireBootstrap(account));
  await step("cdk synth", () => runOrThrow(CDK, ["synth", "--quiet", ...context, "-o", ASSEMBLY], shown));
  const first = await step("check the order of the stacks", () =>
    stacksToUpdateFirst(account, stackLinks(ASSEMBLY)),
  );
  if (first.length > 0) printLine(`   updated first: ${first.join(", ")}, which imports what is removed`);
  await step("estimate the cost", () =>
    runOrThrow(process.execPath, ["test/labs/bench/cost.ts", ...context], shown),
  );
  await step("cdk diff --all", () => runOrThrow(CDK, ["diff", "--all", "--app", ASSEMBLY], shown));
  if (!yes) await confirm(`Deploy stage ${stage} to account ${account.id}?`, "yes");
  await step("check the names of the queues", () => waitForQueueNames(account, settings, sleep));
  // The diff above has shown the changed IAM permissions.
  const deploy = ["deploy", "--require-approval", "never", "--app", ASSEMBLY];
  for (const name of first)
    await step(`cdk deploy --exclusively ${name}`, () =>
      runOrThrow(CDK, [...deploy, "--exclusively", name], shown),
    );
  await step("cdk deploy --all", () => runOrThrow(CDK, [...deploy, "--all"], shown));
  const more = profile === undefined ? "" : ` --profile ${profile}`;
  printLine(`Next:  npm run test:e2e -- --target aws --stage ${stage}${more}`);
  return 0;
});
