import { parseArgs } from "node:util";
import type { Wanted } from "./deployment.ts";
import { TARGETS, type TargetKind } from "./target.ts";
import { LOCALSTACK_PORT } from "./targets.ts";

/** Invalid usage; the message has the valid values. */
export class FlagError extends Error {
  override readonly name = "FlagError";
}

export interface TestFlags {
  readonly target: TargetKind;
  readonly where: Partial<Pick<Wanted, "stage" | "endpoint" | "profile" | "allowStale">>;
  /** Files, and options of vitest after `--`. */
  readonly files: readonly string[];
}

export const E2E_HELP = `npm run test:e2e -- [flags] [files]: the end-to-end suite

  --target T      ${TARGETS.join(", ")}: the target (default emulator: each file starts one)
  --stage S       the deployed stage
  --profile P     a profile of ~/.aws, for --target aws
  --endpoint URL  address of an emulator
  --allow-stale   runs against a deployment of other code
  --help          this text

The exit code is 0 when every case passed, 1 otherwise, 3 when a flag is wrong.
`;

/** Throws FlagError for unknown or conflicting flags. */
export function readFlags(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TestFlags {
  const { values, positionals } = parse(args);
  const target = TARGETS.find((each) => each === (values.target ?? "emulator"));
  if (target === undefined)
    throw new FlagError(`There is no target "${values.target}"; there are ${TARGETS.join(", ")}.`);
  const { stage, profile, endpoint, "allow-stale": allowStale } = values;
  if (target === "emulator" && (stage ?? profile ?? endpoint ?? allowStale) !== undefined)
    throw new FlagError(
      `--stage, --profile, --endpoint and --allow-stale are for a target that is deployed.`,
    );
  if (target === "aws" && endpoint !== undefined)
    throw new FlagError(`--endpoint is for an emulator; an account is found by --profile.`);
  if (target === "ministack" && endpoint === undefined)
    throw new FlagError(
      "--target ministack needs --endpoint. To start one, deploy, test and stop it:  npm run ministack:test",
    );
  if (target !== "aws" && profile !== undefined)
    throw new FlagError(`--profile is for --target aws; an emulator takes any credentials.`);
  const local = `http://127.0.0.1:${environment["LOCALSTACK_PORT"] ?? LOCALSTACK_PORT}`;
  const address = endpoint ?? (target === "localstack" ? local : undefined);
  return {
    target,
    where: {
      ...(stage !== undefined && { stage }),
      ...(profile !== undefined && { profile }),
      ...(allowStale !== undefined && { allowStale }),
      ...(address !== undefined && { endpoint: address.replace(/\/$/, "") }),
    },
    files: positionals,
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        target: text,
        stage: text,
        profile: text,
        endpoint: text,
        "allow-stale": { type: "boolean" },
      },
    });
  } catch (error) {
    throw new FlagError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
