import { parseArgs } from "node:util";
import { readEachSetting } from "../config.ts";
import { pairsOf, SettingError } from "../settings/read-setting.ts";
import { DeployError } from "./steps.ts";

/** What `npm run deploy` and `npm run destroy` take. */
export interface DeployFlags {
  readonly profile?: string;
  /** Acts without asking, as where nobody can answer. */
  readonly yes: boolean;
  /** Deletes what lies in the bucket of crashed batches, for `destroy`. */
  readonly emptyBucket: boolean;
  readonly stage: string;
  /** Empty where none was given. */
  readonly region: string;
  /** Settings that were given, by name; an empty value goes back to that of lib/config.ts. The stage is not among them. */
  readonly given: Readonly<Record<string, string>>;
}

const FLAGS = `  --stage S      the stage (default dev)
  -c name=value  a setting of lib/config.ts; may be given more than once. What the deployment was given before
                 is kept; -c name= goes back to lib/config.ts
  --profile P    a profile of ~/.aws; else the credentials of the environment
  --yes          acts without asking`;
const CODES = "The exit code is 0 when it is done, 1 when it is not, 3 when a flag or a setting is wrong.";

export const DEPLOY_HELP = `npm run deploy -- [flags]: says what it costs and what it changes, asks, and deploys to AWS

${FLAGS}
  --help         this text

${CODES}
`;

export const DESTROY_HELP = `npm run destroy -- [flags]: says what stays, asks, and takes the stacks away

${FLAGS}
  --empty-bucket deletes what lies in the bucket of crashed batches
  --help         this text

${CODES}
`;

/** Throws DeployError for unknown flags and for settings that lib/config.ts refuses, each by itself. */
export function deployFlags(args: readonly string[]): DeployFlags {
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
