import type { ParseArgsOptionDescriptor } from "node:util";
import { PATTERNS } from "../../../functions/contract/patterns.ts";
import type { Observatory } from "../observe/observatory.ts";
import type { ApiTarget } from "../target/api-client.ts";

/** Exit codes of the command line. */
export const EXIT = { ok: 0, failed: 1, breaker: 2, usage: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command line is not valid; exit code 3. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export type FlagValue = string | boolean | undefined;

/** Arguments, target and output of one command. */
export interface CommandContext extends ApiTarget {
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, FlagValue>>;
  /** Address of the API without a trailing slash. */
  readonly url: string;
  readonly json: boolean;
  readonly write: (text: string) => void;
  /** Writes a text as it is where standard output is a file or pipe, and escaped where it is a terminal. */
  readonly writeBytes: (text: string) => void;
  /** Replaces the progress line on standard error; where that is no terminal, writes a line every ten seconds. */
  readonly progress: (text: string) => void;
  /** Writes a line to standard error, also with `--json` or piped output. */
  readonly note: (text: string) => void;
  /** Characters in a line of standard output, where it is a terminal. */
  readonly columns: number | undefined;
  /** Aborts at Ctrl-C, which otherwise ends the process. Called by a command that has a result to write then. */
  readonly interruption: () => AbortSignal;
  /** Sends requests; signs them for a deployment. */
  readonly fetch: typeof fetch;
  /** Queues, metrics, alarms and timelines of the same target. Rejects with UsageError without a stage. */
  readonly observatory: () => Promise<Observatory>;
  /** The consumers of a deployment, by the outputs of its stack. */
  readonly consumers?: readonly string[];
  /** The topic of a deployment, by the outputs of its stack. */
  readonly topicArn?: string;
}

/** A flag and its line in the help. */
export interface Flag extends ParseArgsOptionDescriptor {
  /** Type of the value, for the help: `number`, `duration`. Absent for a boolean flag. */
  readonly value?: string;
  /** The default is added to it. */
  readonly help: string;
}
export type Flags = Readonly<Record<string, Flag>>;

export interface Command {
  /** As typed: `orders place`. */
  readonly name: string;
  /** Names of the arguments, for the help: `<orderId>`. */
  readonly takes: string;
  /** One line in the imperative. */
  readonly summary: string;
  /** Further lines of the help, about the arguments. */
  readonly details?: readonly string[];
  readonly flags?: Flags;
  /** What follows `order-events` in the help's example. */
  readonly example: string;
  /** False for a command that calls no API; true by default. */
  readonly needsTarget?: boolean;
  /** Of a command for the emulator only: what holds for a deployment. Completes a sentence. */
  readonly inDeployment?: string;
  run(context: CommandContext): Promise<ExitCode>;
}

/** The only argument of a command, by its name in the help. */
export function onlyArgument({ positionals }: CommandContext, name: string): string {
  const [value, ...others] = positionals;
  if (value === undefined || value === "" || others.length > 0)
    throw new UsageError(`expected one argument: ${name}`);
  return value;
}

/** The argument of a command on one order. */
export const orderArgument = (context: CommandContext): string =>
  orderIdFrom(onlyArgument(context, "<orderId>"));

/** An order id that was typed in small letters, as it is written; any other text as it is. */
function orderIdFrom(text: string): string {
  const inCapitals = text.toUpperCase();
  return new RegExp(PATTERNS.orderId.pattern).test(inCapitals) ? inCapitals : text;
}

export function orderFlag(context: CommandContext): string | undefined {
  const text = textFlag(context, "order");
  return text === undefined ? undefined : orderIdFrom(text);
}

/** The argument of a command that takes one or none. */
export function optionalArgument({ positionals }: CommandContext, name: string): string | undefined {
  if (positionals.length > 1 || positionals[0] === "")
    throw new UsageError(`expected at most one argument: ${name}`);
  return positionals[0];
}

export function refuseArguments({ positionals }: CommandContext): void {
  if (positionals.length > 0) throw new UsageError("unexpected argument: this command takes flags only");
}

export function wholeNumber(text: FlagValue, name: string, minimum: number, maximum: number): number {
  const number = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN;
  if (Number.isInteger(number) && number >= minimum && number <= maximum) return number;
  throw new UsageError(`${name} must be a whole number from ${minimum} to ${maximum}; received ${text}`);
}

/** One of the known words, which may be typed in other letters than it has. */
export function oneOf<Known extends string>(text: string, name: string, known: readonly Known[]): Known {
  const found =
    known.find((each) => each === text) ?? known.find((each) => each.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new UsageError(`${name} must be one of ${known.join(", ")}; received ${text}`);
}

export const textFlag = ({ flags }: CommandContext, name: string): string | undefined => {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
};
