import { parseArgs } from "node:util";
import { readSettings, type Settings } from "../config.ts";
import { SettingError } from "../settings/read-setting.ts";
import { DeployError } from "./steps.ts";

/** What `npm run deploy` and `npm run destroy` take. */
export interface DeployFlags {
  readonly profile?: string;
  /** Acts without asking, as where nobody can answer. */
  readonly yes: boolean;
  /** Deletes what lies in the bucket of crashed batches, for `destroy`. */
  readonly emptyBucket: boolean;
  readonly settings: Settings;
  /** The settings that were given, as the toolkit takes them: `-c`, `name=value`, … */
  readonly context: readonly string[];
}

const FLAGS = `  --stage S      the stage (default dev)
  -c name=value  a setting of lib/config.ts; may be given more than once
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

/** Throws DeployError for unknown flags and for settings that lib/config.ts refuses. */
export function deployFlags(args: readonly string[]): DeployFlags {
  const { stage, context = [], profile, yes, "empty-bucket": emptyBucket } = parse(args);
  const given = stage === undefined ? context : [...context, `stage=${stage}`];
  const pairs = given.map((each) => {
    const [name = "", ...value] = each.split("=");
    if (value.length === 0) throw new DeployError(`-c takes name=value; received "${each}".`);
    return [name, value.join("=")] as const;
  });
  try {
    return {
      ...(profile !== undefined && { profile }),
      yes,
      emptyBucket,
      settings: readSettings(Object.fromEntries(pairs)),
      context: given.flatMap((each) => ["-c", each]),
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
