import { parseArgs } from "node:util";
import type { Wanted } from "./deployment.ts";
import { TARGETS, type TargetKind } from "./target.ts";
import { LOCALSTACK_PORT } from "./targets.ts";

/** Wrong usage; the message says what is right. */
export class FlagError extends Error {
  override readonly name = "FlagError";
}

export interface TestFlags {
  readonly target: TargetKind;
  readonly where: Partial<Pick<Wanted, "stage" | "endpoint" | "profile">>;
  /** Files, and options of vitest after `--`. */
  readonly files: readonly string[];
}

const USAGE = `npm run test:e2e -- [--target ${TARGETS.join("|")}] [--stage S] [--profile P] [--endpoint URL] [files]`;

/** Throws FlagError for flags that are unknown or do not go together. */
export function readFlags(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TestFlags {
  const { values, positionals } = parse(args);
  const target = TARGETS.find((each) => each === (values.target ?? "stage"));
  if (target === undefined)
    throw new FlagError(`There is no target "${values.target}"; there are ${TARGETS.join(", ")}.\n${USAGE}`);
  const { stage, profile, endpoint } = values;
  if (target === "stage" && (stage ?? profile ?? endpoint) !== undefined)
    throw new FlagError(`--stage, --profile and --endpoint are for a target that is deployed.\n${USAGE}`);
  if (target === "aws" && endpoint !== undefined)
    throw new FlagError(`--endpoint is for an emulator; an account is found by --profile.\n${USAGE}`);
  if (target === "ministack" && endpoint === undefined)
    throw new FlagError(
      "--target ministack needs --endpoint. To start one, deploy, test and stop it:  npm run ministack:test",
    );
  if (target !== "aws" && profile !== undefined)
    throw new FlagError(`--profile is for --target aws; an emulator takes any credentials.\n${USAGE}`);
  const local = `http://127.0.0.1:${environment["LOCALSTACK_PORT"] ?? LOCALSTACK_PORT}`;
  const address = endpoint ?? (target === "localstack" ? local : undefined);
  return {
    target,
    where: {
      ...(stage !== undefined && { stage }),
      ...(profile !== undefined && { profile }),
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
      options: { target: text, stage: text, profile: text, endpoint: text },
    });
  } catch (error) {
    throw new FlagError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}
