import type { ParseArgsOptionDescriptor } from "node:util";
import type { Observatory } from "../observe/observatory.ts";
import type { ApiTarget } from "../target/api-client.ts";

/** Exit codes of the command line. */
export const EXIT = { ok: 0, failed: 1, breaker: 2, usage: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command was written wrong; exit code 3. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export type FlagValue = string | boolean | undefined;

/** What a command gets: its arguments, where to send requests, and where to write. */
export interface CommandContext extends ApiTarget {
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, FlagValue>>;
  /** Address of the API without a trailing slash. */
  readonly url: string;
  readonly json: boolean;
  readonly write: (text: string) => void;
  /** Shows how far a long command has got, over what was shown before; nothing where nobody watches. */
  readonly progress: (text: string) => void;
  /** A line beside the output, also where that is piped or JSON. */
  readonly note: (text: string) => void;
  /** How requests are sent; signed where the API asks for it. */
  readonly fetch: typeof fetch;
  /** Queues, metrics, alarms and timelines of the same stage. Rejects with UsageError where no stage is named. */
  readonly observatory: () => Promise<Observatory>;
  /** The consumers of a deployment, where its stack was asked. */
  readonly consumers?: readonly string[];
}

export interface Command {
  /** As it is typed: `orders place`. */
  readonly name: string;
  /** Names of the arguments, for the help: `<orderId>`. */
  readonly takes: string;
  readonly summary: string;
  /** Lines on the flags of this command alone. */
  readonly flagHelp?: readonly string[];
  readonly flags?: Readonly<Record<string, ParseArgsOptionDescriptor>>;
  run(context: CommandContext): Promise<ExitCode>;
}

/** The only argument of a command, by its name in the help. */
export function onlyArgument({ positionals }: CommandContext, name: string): string {
  const [value, ...others] = positionals;
  if (value === undefined || others.length > 0) throw new UsageError(`this takes one argument: ${name}`);
  return value;
}

/** A whole number of a flag, with its bounds in the error. */
export function wholeNumber(text: FlagValue, name: string, minimum: number, maximum: number): number {
  const number = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN;
  if (Number.isInteger(number) && number >= minimum && number <= maximum) return number;
  throw new UsageError(`${name} is a whole number from ${minimum} to ${maximum}; received ${text}`);
}

/** A value of a flag that is one of a few. */
export function oneOf(text: string, name: string, known: readonly string[]): string {
  if (known.includes(text)) return text;
  throw new UsageError(`${name} is one of ${known.join(", ")}; received ${text}`);
}

export const textFlag = ({ flags }: CommandContext, name: string): string | undefined => {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
};
