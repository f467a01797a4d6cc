import type { ParseArgsOptionDescriptor } from "node:util";
import { type CommandContext, textFlag, UsageError, wholeNumber } from "./command.ts";

/** Commands that change something are dry runs until they are told that it is meant. */
export const ACT_FLAGS: Readonly<Record<string, ParseArgsOptionDescriptor>> = {
  yes: { type: "boolean", default: false },
  why: { type: "string" },
};
export const GENERATION_FLAG: Readonly<Record<string, ParseArgsOptionDescriptor>> = {
  generation: { type: "string" },
};

export const ACT_HELP: readonly string[] = [
  "--yes          do it; without it, only say what would happen",
  "--why W        goes into the history of each message; needed with --yes",
];
export const GENERATION_HELP: readonly string[] = [
  "--generation N refuse if somebody acted since you looked",
];

/** The fields that every act has in its body. */
export function actOf(context: CommandContext): { why: string; dryRun: boolean; generation?: number } {
  const dryRun = context.flags["yes"] !== true;
  const why = textFlag(context, "why");
  if (!dryRun && why === undefined) throw new UsageError("--yes needs --why: it goes into the history");
  const generation = context.flags["generation"];
  return {
    why: why ?? "a dry run",
    dryRun,
    ...(generation === undefined
      ? {}
      : { generation: wholeNumber(generation, "--generation", 1, 1_000_000_000) }),
  };
}

export const NOT_YET = "nothing was changed; do it with:  --yes --why <reason>\n";
