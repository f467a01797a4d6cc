import { readSettings } from "../../lib/config.ts";
import { type Bundles, bundleFunctions, emptyBundles } from "../../lib/constructs/bundle.ts";
import { describeIdleCost } from "../../lib/settings/broker-price.ts";
import { SettingError } from "../../lib/settings/read-setting.ts";
import { addOrderEvents, newApp } from "../../lib/stacks/build-stacks.ts";
import { addChecks } from "../../lib/stacks/checks.ts";
import { onClosedOutput } from "../../lib/terminal.ts";

onClosedOutput(() => process.exit(1));

/** The CDK app: `cdk synth`, `cdk deploy --all`. Settings: `-c name=value` (lib/config.ts). */
const app = newApp();

/** The CDK CLI passes an empty list for commands that need no bundles, such as `cdk ls` and `cdk destroy`. */
function bundles(): Promise<Bundles> | Bundles {
  const stacks: unknown = app.node.tryGetContext("aws:cdk:bundling-stacks");
  if (Array.isArray(stacks) && stacks.length === 0) return emptyBundles();
  const { backbones } = readSettings(app.node.getAllContext());
  return bundleFunctions({ backbones, onProgress: (text) => process.stderr.write(`${text}\n`) });
}

try {
  const orderEvents = addOrderEvents(app, await bundles());
  addChecks(orderEvents);
  process.stderr.write(describeIdleCost(orderEvents.settings));
} catch (error) {
  if (!(error instanceof SettingError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
app.synth();
