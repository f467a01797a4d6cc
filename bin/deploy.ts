import { resolveAccount } from "../lib/deploy/account.ts";
import { runOrThrow } from "../lib/deploy/child.ts";
import { confirm, requireTerminal } from "../lib/deploy/confirm.ts";
import { DEPLOY_HELP, deployFlags } from "../lib/deploy/deploy-flags.ts";
import { settingsOf } from "../lib/deploy/deployed-settings.ts";
import { requireBootstrap } from "../lib/deploy/stack-status.ts";
import { runCommand, step } from "../lib/deploy/steps.ts";
import { scriptFlags } from "../lib/script-flags.ts";

/** `npm run deploy`: says what it costs and what it changes, asks, and deploys; every step with its time. */
const CDK = "node_modules/.bin/cdk";
const ASSEMBLY = ".cache/cdk.out.deploy";

const { stage, region, given, profile, yes } = scriptFlags(DEPLOY_HELP, deployFlags);

await runCommand(async () => {
  if (!yes) requireTerminal();
  const account = await step("look at the account", () =>
    resolveAccount({ region, ...(profile !== undefined && { profile }) }),
  );
  console.log(`   account ${account.id}, region ${account.region}, stage ${stage}`);
  const { context } = await step("look at its settings", () => settingsOf(account, { stage, given }));
  const shown = { env: account.env, visible: true };
  await step("is it ready for the toolkit", () => requireBootstrap(account));
  await step("cdk synth", () => runOrThrow(CDK, ["synth", "--quiet", ...context, "-o", ASSEMBLY], shown));
  await step("what it costs", () =>
    runOrThrow(process.execPath, ["test/labs/bench/cost.ts", ...context], shown),
  );
  await step("cdk diff: what it changes", () => runOrThrow(CDK, ["diff", "--all", "--app", ASSEMBLY], shown));
  if (!yes) await confirm(`Deploy the stage ${stage} to account ${account.id}?`, "yes");
  await step("cdk deploy --all", () =>
    // The rights it changes were shown by the diff.
    runOrThrow(CDK, ["deploy", "--all", "--require-approval", "never", "--app", ASSEMBLY], shown),
  );
  const more = profile === undefined ? "" : ` --profile ${profile}`;
  console.log(`Next:  npm run test:e2e -- --target aws --stage ${stage}${more}`);
  return 0;
});
