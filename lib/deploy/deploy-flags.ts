import { parseArgs } from "node:util";
import { readSettings, type Settings } from "../config.ts";
import { SettingError } from "../read-setting.ts";
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

export const DEPLOY_USAGE =
  "npm run deploy -- [--stage S] [-c name=value]… [--profile P] [--yes]\n" +
  "npm run destroy -- [--stage S] [-c name=value]… [--profile P] [--yes] [--empty-bucket]";

/** Throws DeployError for unknown flags and for settings that lib/config.ts refuses. */
export function deployFlags(args: readonly string[]): DeployFlags {
  const { stage, context = [], profile, yes, "empty-bucket": emptyBucket } = parse(args);
  const given = stage === undefined ? context : [...context, `stage=${stage}`];
  const pairs = given.map((each) => {
    const [name = "", ...value] = each.split("=");
    if (value.length === 0)
      throw new DeployError(`-c takes name=value; received "${each}".\n${DEPLOY_USAGE}`);
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
    throw new DeployError(`${error instanceof Error ? error.message : error}\n${DEPLOY_USAGE}`);
  }
}
