import { parseArgs } from "node:util";
import { readEachSetting } from "../config.ts";
import { pairsOf, SettingError } from "../settings/read-setting.ts";
import { DeployError } from "./deploy-error.ts";

/** Flags that `npm run deploy` and `npm run destroy` share. */
export interface DeployFlags {
  readonly profile?: string;
  /** Skips the confirmation. */
  readonly yes: boolean;
  readonly stage: string;
  /** Empty when not given. */
  readonly region: string;
  /** Settings from `-c`, by name, without the stage. An empty value resets the setting to that of lib/config.ts. */
  readonly given: Readonly<Record<string, string>>;
}

export interface DestroyFlags extends DeployFlags {
  /** Deletes the objects in the bucket of crashed batches. */
  readonly emptyBucket: boolean;
}

const FLAGS = `  --stage S       stage to act on (default dev)
  -c name=value   a setting of lib/config.ts; may be repeated. Settings of the existing deployment are kept.
                  -c name= resets a setting to its value in lib/config.ts
  --profile P     profile of ~/.aws (default: the credentials of the environment)
  --yes           skips the confirmation (default: off)`;
const CODES = "Exit code: 0 when it is done, 1 when it failed, 3 for a wrong flag or setting.";

export const DEPLOY_HELP = `npm run deploy -- [flags]: shows the cost and the changes, asks for confirmation and deploys to AWS

${FLAGS}
  --help, -h      prints this text

Example:  npm run deploy -- --stage prod --profile shop -c alarmEmail=ops@example.com

${CODES}
`;

export const DESTROY_HELP = `npm run destroy -- [flags]: lists what is kept, asks for confirmation and deletes the stacks

${FLAGS}
  --empty-bucket  deletes the objects in the bucket of crashed batches (default: off)
  --help, -h      prints this text

Example:  npm run destroy -- --stage dev --profile shop

${CODES}
`;

/** Throws DeployError for unknown flags and for values that lib/config.ts rejects. */
export function deployFlags(args: readonly string[]): DeployFlags {
  const { emptyBucket, ...flags } = destroyFlags(args);
  if (emptyBucket) throw new DeployError("--empty-bucket is a flag of npm run destroy only.");
  return flags;
}

/** As `deployFlags`, with the flag that only `destroy` has. */
export function destroyFlags(args: readonly string[]): DestroyFlags {
  const { stage, context = [], profile, yes, "empty-bucket": emptyBucket } = parse(args);
  try {
    const { stage: _, ...given } = pairsOf(context);
    const named = { ...pairsOf(context), ...(stage !== undefined && { stage }) };
    const filled = Object.entries(named).filter(([, value]) => value !== "");
    const settings = readEachSetting(Object.fromEntries(filled));
    for (const name of Object.keys(given))
      if (!(name in settings)) throw new SettingError(`There is no setting "${name}".`);
    return {
      ...(profile !== undefined && { profile }),
      yes,
      emptyBucket,
      stage: settings.stage,
      region: settings.region,
      given,
    };
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    throw new DeployError(error.message, { cause: error });
  }
}

function parse(args: readonly string[]) {
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        stage: { type: "string" },
        context: { type: "string", short: "c", multiple: true },
        profile: { type: "string" },
        yes: flag,
        "empty-bucket": flag,
      },
    }).values;
  } catch (error) {
    throw new DeployError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
