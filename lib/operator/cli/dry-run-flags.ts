import type { ParseArgsOptionDescriptor } from "node:util";
import { type CommandContext, EXIT, type ExitCode, textFlag, UsageError, wholeNumber } from "./command.ts";

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

/** The API wants a reason also where nothing is changed; this one is written nowhere. */
const DRY = "a dry run";

/** The fields that every act has in its body. */
export function actOf(context: CommandContext): { why: string; dryRun: boolean; generation?: number } {
  const dryRun = context.flags["yes"] !== true;
  const why = textFlag(context, "why");
  if (!dryRun && (why === undefined || why.trim() === "")) {
    throw new UsageError("--yes needs --why: it goes into the history");
  }
  const generation = context.flags["generation"];
  return {
    why: why ?? DRY,
    dryRun,
    ...(generation === undefined
      ? {}
      : { generation: wholeNumber(generation, "--generation", 1, 1_000_000_000) }),
  };
}

/** The last line of a dry run: how to do it, unless it would be refused or there is nothing to do. */
export const dryText = (wouldAct: boolean): string =>
  wouldAct ? "nothing was changed; do it with:  --yes --why <reason>\n" : "nothing was changed\n";

/** How a command about one message ends: a dry run that would be refused failed. */
export const exitOfOne = (answer: Readonly<Record<string, unknown>>): ExitCode =>
  answer["outcome"] === "would refuse" ? EXIT.failed : EXIT.ok;

/** The line on one message, and below it what a dry run ends with. */
export function oneText(key: string, answer: Readonly<Record<string, unknown>>, dryRun: boolean): string {
  const { outcome, because, generation } = answer;
  const line = `${key}  ${outcome}${because === undefined ? "" : `: ${because}`} (generation ${generation})\n`;
  return dryRun ? line + dryText(outcome === "would send" || outcome === "would resolve") : line;
}
