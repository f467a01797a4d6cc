import { printableLine } from "../../terminal-text.ts";
import type { Command, Flags } from "./command.ts";
import { didYouMean } from "./did-you-mean.ts";
import { GLOBAL_FLAGS } from "./global-flags.ts";

const EXIT_HELP = `Exit codes:
  0  success, no open failed messages, or a dry run that would change something
  1  request refused or failed, or a dry run that would be refused;
     for failed status, groups and watch: open failed messages exist; for alarms: one is active;
     for status: something needs an operator
  2  a job was stopped or aborted before its end
  3  invalid usage
  4  the output could not be written
  130  interrupted by Ctrl-C
`;

const FLAGS_HELP = "Arguments and flags of a command:  order-events <command> --help\n";
const INTRODUCTION = `order-events <command> [flags]

Place and follow orders, and find and redrive failed messages, in the local emulator or a deployment.
${FLAGS_HELP}`;

const synopsis = ({ name, takes }: Command) => `order-events ${name}${takes === "" ? "" : ` ${takes}`}`;

export function commandHelp(command: Command): string {
  const { summary, details = [], flags, example } = command;
  return [
    `${synopsis(command)}\n\n${summary}.\n`,
    ...(details.length === 0 ? [] : [details.map((line) => `  ${line}\n`).join("")]),
    ...(flags === undefined ? [] : [`Flags:\n${flagLines(flags)}`]),
    `Global flags:\n${flagLines(GLOBAL_FLAGS)}`,
    `Example:\n  order-events ${example}\n`,
  ].join("\n");
}

/** A line for each flag: its name, the type of its value, its help and its default. */
function flagLines(flags: Flags): string {
  const lines = Object.entries(flags).map(([name, { value, help, default: preset }]) => ({
    left: `--${name}${value === undefined ? "" : ` <${value}>`}`,
    right: `${help}${typeof preset === "string" ? ` (default: ${preset})` : ""}`,
  }));
  const width = Math.max(...lines.map(({ left }) => left.length));
  return lines.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}\n`).join("");
}

/** A line for each command, aligned with all of the help. */
function listing(commands: readonly Command[], all = commands): string {
  const width = Math.max(...all.map((command) => synopsis(command).length));
  return commands.map((command) => `  ${synopsis(command).padEnd(width)}  ${command.summary}\n`).join("");
}

/** `anyApp`: names of the commands that need no orders. */
export function generalHelp(commands: readonly Command[], anyApp: readonly string[]): string {
  const ofOrders = commands.filter(({ name }) => !anyApp.includes(name));
  const others = commands.filter((command) => !ofOrders.includes(command));
  return `${INTRODUCTION}\nCommands:\n${listing(ofOrders, commands)}\nCommands that also work in the emulator of any app:\n${listing(others, commands)}\nGlobal flags:\n${flagLines(GLOBAL_FLAGS)}\n${EXIT_HELP}`;
}

/** The commands that begin with a word alone; undefined where none does, or where a second word names none. */
export function helpOn([first, second]: readonly string[], commands: readonly Command[]): string | undefined {
  const near = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (near.length === 0 || (second !== undefined && !second.startsWith("-"))) return undefined;
  return `Commands:\n${listing(near)}\n${FLAGS_HELP}\n${EXIT_HELP}`;
}

/** The pointer to a command's help, below an error. */
export const seeHelp = (of = ""): string => `See:  order-events ${of === "" ? "" : `${of} `}--help\n`;

/** The error for words that name no command; lists the commands of a first word alone. */
export function unknownText(words: readonly string[], commands: readonly Command[]): string {
  const [first, second] = words;
  if (first === undefined) return `Missing command.\n${seeHelp()}`;
  const near = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (near.length > 0 && second === undefined) return `Missing subcommand. Available:\n${listing(near)}`;
  if (near.length === 0) {
    const firstWords = ["help", ...commands.flatMap(({ name }) => name.split(" ")[0] ?? [])];
    return `Unknown command "${printableLine(first)}".${didYouMean(first, firstWords)}\n${seeHelp()}`;
  }
  const subcommands = near.map(({ name }) => name.slice(first.length + 1));
  const typed = printableLine(`${first} ${second}`);
  return `Unknown command "${typed}".${didYouMean(second ?? "", subcommands, `${first} `)}\n${seeHelp(first)}`;
}
