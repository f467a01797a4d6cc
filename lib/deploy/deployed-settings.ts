import { readSettings, type Settings } from "../config.ts";
import { type Named, physicalName } from "../constructs/resource-names.ts";
import type { Backbone } from "../settings/backbone-settings.ts";
import { SettingError } from "../settings/read-setting.ts";
import { printLine } from "../terminal.ts";
import type { Account } from "./account.ts";
import { DeployError } from "./deploy-error.ts";
import type { DeployFlags } from "./deploy-flags.ts";
import { stackOutput, stackStatus } from "./stack-status.ts";

/** Settings by name, as `-c` takes them. */
export type Given = Readonly<Record<string, string>>;

/** The settings of a deployment. */
export interface Planned {
  readonly settings: Settings;
  /** Arguments of the CDK CLI: `-c`, `name=value`, … */
  readonly context: readonly string[];
}

/**
 * The settings of the existing deployment, overridden by those of `-c`. Prints which are kept and which change.
 * Rejects with DeployError when they contradict each other or CloudFormation cannot be reached.
 */
export async function settingsOf(
  account: Account,
  { stage, given }: Pick<DeployFlags, "stage" | "given">,
  send: typeof fetch = fetch,
): Promise<Planned> {
  const output = await stackOutput(
    account,
    physicalName(namedBy({ stage, given }), "service"),
    "Settings",
    send,
  );
  const deployed = knownSettings(stage, output === undefined ? {} : (JSON.parse(output) as Given));
  const { kept, changed } = compare(stage, deployed, given);
  if (kept.length > 0) printLine(`   settings kept from the deployment: ${kept.join(", ")}`);
  if (changed.length > 0) printLine(`   settings changed: ${changed.join(", ")}`);
  return plan(stage, { ...deployed, ...given });
}

/** As `settingsOf`, with each broker whose stack exists: the other stacks cannot be deleted before it. */
export async function settingsToDestroy(
  account: Account,
  flags: Pick<DeployFlags, "stage" | "given">,
  send: typeof fetch = fetch,
): Promise<Planned> {
  const backbones: Backbone[] = ["queues"];
  for (const broker of ["kafka", "rabbitmq"] as const)
    if ((await stackStatus(account, physicalName(namedBy(flags), broker), send)) !== undefined)
      backbones.push(broker);
  const given = backbones.length === 1 ? flags.given : { ...flags.given, backbones: backbones.join(",") };
  return settingsOf(account, { ...flags, given }, send);
}

/** The names of a deployment are known before its settings: `-c namePrefix` is given with each command. */
function namedBy({ stage, given }: Pick<DeployFlags, "stage" | "given">): Named {
  return { stage, namePrefix: given["namePrefix"] || readSettings({ stage }).namePrefix };
}

/** Without the settings that this version no longer has. */
function knownSettings(stage: string, deployed: Given): Given {
  const known = new Set(Object.keys(readSettings({ stage })));
  const gone = Object.keys(deployed).filter((name) => !known.has(name));
  if (gone.length > 0) printLine(`   settings that no longer exist: ${gone.join(", ")}`);
  return Object.fromEntries(Object.entries(deployed).filter(([name]) => known.has(name)));
}

/** Names of the settings that are kept, and of those that change. */
function compare(stage: string, deployed: Given, given: Given) {
  // Account and region are the target of a deployment, not settings of it.
  const { account: _, region: __, ...own } = readSettings({ stage });
  const changed = Object.entries(own).filter(([name, value]) => {
    const before = deployed[name] ?? String(value);
    return before !== (given[name] === "" ? String(value) : (given[name] ?? before));
  });
  return {
    kept: Object.keys(deployed).filter((name) => given[name] === undefined),
    changed: changed.map(([name]) => name),
  };
}

/** An empty value resets the setting to that of lib/config.ts. */
function plan(stage: string, chosen: Given): Planned {
  const context = { ...Object.fromEntries(Object.entries(chosen).filter(([, text]) => text !== "")), stage };
  try {
    return {
      settings: readSettings(context),
      context: Object.entries(context).flatMap(([name, text]) => ["-c", `${name}=${text}`]),
    };
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    throw new DeployError(
      `${error.message} Settings of the deployment are kept until -c name= resets them to lib/config.ts.`,
      { cause: error },
    );
  }
}
