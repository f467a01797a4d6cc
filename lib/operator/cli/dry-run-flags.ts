import type { RedriveAnswer } from "../../../functions/contract/operator-answers.ts";
import { printableLine } from "../../terminal-text.ts";
import { DRY_RUN } from "../target/dry-run.ts";
import {
  type CommandContext,
  EXIT,
  type ExitCode,
  type Flags,
  textFlag,
  UsageError,
  wholeNumber,
} from "./command.ts";

/** Flags of the commands that change something: each is a dry run without `--yes`. */
export const CONFIRM_FLAGS: Flags = {
  yes: { type: "boolean", default: false, help: "Make the change; without it, the command is a dry run" },
  why: { type: "string", value: "text", help: "Reason, stored in the history; required with --yes" },
};
/** Of the commands that change one thing that their reverse takes back. */
export const AT_ONCE_FLAGS: Flags = {
  yes: { type: "boolean", default: false, help: "Accepted and not needed: the command acts at once" },
};
export const GENERATION_FLAG: Flags = {
  generation: {
    type: "string",
    value: "number",
    help: "Refuse if the message was opened again since this generation (failed list prints it)",
  },
};

/** The fields that the body of every change has. */
export function changeFields(context: CommandContext): {
  why: string;
  dryRun: boolean;
  generation?: number;
} {
  const dryRun = context.flags["yes"] !== true;
  const why = textFlag(context, "why");
  if (!dryRun && (why === undefined || why.trim() === "")) {
    throw new UsageError("--yes needs --why: the reason is stored in the history");
  }
  const generation = context.flags["generation"];
  return {
    why: why ?? DRY_RUN.why,
    dryRun,
    ...(generation === undefined
      ? {}
      : { generation: wholeNumber(generation, "--generation", 1, 1_000_000_000) }),
  };
}

/** The last line of a dry run, with the flags that make the change if there is one. */
export const dryRunText = (wouldChange: boolean): string =>
  wouldChange ? "nothing was changed; to apply:  --yes --why <reason>\n" : "nothing was changed\n";

/** Exit code of a command on one message: 1 for a dry run that would be refused. */
export const resultExitCode = ({ outcome }: RedriveAnswer): ExitCode =>
  outcome === "would refuse" ? EXIT.failed : EXIT.ok;

export function resultText(key: string, answer: RedriveAnswer, dryRun: boolean): string {
  const { outcome, because, generation } = answer;
  const line = `${printableLine(key)}  ${outcome}${because === undefined ? "" : `: ${because}`} (generation ${generation})\n`;
  return dryRun ? line + dryRunText(outcome === "would send" || outcome === "would resolve") : line;
}
