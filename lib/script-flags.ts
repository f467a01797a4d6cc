import { printable } from "./terminal-text.ts";

/** What a command answers where its flags are wrong. */
const USAGE_EXIT_CODE = 3;

/** Prints a text and ends the process. */
export type End = (exitCode: number, text: string) => never;

const endProcess: End = (exitCode, text) => {
  (exitCode === 0 ? process.stdout : process.stderr).write(printable(text));
  process.exit(exitCode);
};

/**
 * The flags of a script of this project, as `read` gives them. Where `--help` or `-h` is among them the process ends
 * with the help and 0 instead; where `read` throws, with its message, the help and 3. Called before anything else, so
 * that asking for help does nothing. What follows `--` is for another program.
 */
export function scriptFlags<Flags>(
  help: string,
  read: (args: readonly string[]) => Flags,
  args: readonly string[] = process.argv.slice(2),
  end: End = endProcess,
): Flags {
  const rest = args.indexOf("--");
  const ours = rest === -1 ? args : args.slice(0, rest);
  if (ours.includes("--help") || ours.includes("-h")) return end(0, help);
  try {
    return read(withNegativeValues(args));
  } catch (error) {
    return end(USAGE_EXIT_CODE, `${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

/** `--rate -5` as `--rate=-5`: otherwise a parser takes the value for another flag. */
function withNegativeValues(args: readonly string[]): readonly string[] {
  const isValue = (at: number) => /^-\d/.test(args[at] ?? "") && /^--[\w-]+$/.test(args[at - 1] ?? "");
  return args.flatMap((arg, at) => (isValue(at) ? [] : isValue(at + 1) ? [`${arg}=${args[at + 1]}`] : [arg]));
}

/** Reads the flags of a script that has none. Throws for any argument. */
export function noFlags([first]: readonly string[]): void {
  if (first !== undefined) throw new RangeError(`This takes no flags but --help; received "${first}".`);
}
