import type { Command } from "./command.ts";
import { GLOBAL_HELP } from "./global-flags.ts";

const EXIT_HELP = `Exit codes: 0 done, nothing left, or a dry run that would act
            1 refused or failed, or a dry run that would be refused; of failed status, groups and watch: something is left
            2 a redrive or a republish was stopped before its end
            3 wrong usage
`;

const synopsis = ({ name, takes }: Command) => `order-events ${name}${takes === "" ? "" : ` ${takes}`}`;

export function commandHelp(command: Command): string {
  const flags = [...(command.flagHelp ?? []), ...GLOBAL_HELP].map((line) => `  ${line}`);
  return `${synopsis(command)}\n  ${command.summary}\n\n${flags.join("\n")}\n`;
}

/** A line for each command. */
export function listing(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => synopsis(command).length));
  return commands.map((command) => `  ${synopsis(command).padEnd(width)}  ${command.summary}\n`).join("");
}

export function generalHelp(commands: readonly Command[]): string {
  return `${listing(commands)}\n${GLOBAL_HELP.map((line) => `  ${line}\n`).join("")}\n${EXIT_HELP}`;
}

/** What there is under a first word such as `failed`; everything where it is no command's. */
export function helpOn(words: readonly string[], commands: readonly Command[]): string {
  const near = commands.filter(({ name }) => name.split(" ")[0] === words[0]);
  return near.length === 0 ? generalHelp(commands) : `${listing(near)}\n${EXIT_HELP}`;
}

/** Where the help is of a command, of the commands of a first word, or of all. */
export const moreHelp = (of = ""): string => `order-events ${of === "" ? "" : `${of} `}--help tells more\n`;

/** Why no command was found; with what there is after a first word alone. */
export function unknownText(words: readonly string[], commands: readonly Command[]): string {
  const [first, second] = words;
  if (first === undefined) return `Name a command.\n${moreHelp()}`;
  const near = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (near.length > 0 && second === undefined) return `Say which:\n${listing(near)}`;
  return `There is no command "${words.slice(0, 2).join(" ")}".\n${moreHelp(near.length > 0 ? first : "")}`;
}
