import { printable } from "./terminal-text.ts";

/** The standard streams of a command that prints no colors of its own. */
export const terminal = {
  write: (text: string): void => void process.stdout.write(printable(text)),
  writeError: (text: string): void => void process.stderr.write(printable(text)),
};

export const printLine = (text: string): void => console.log(printable(text));
export const printErrorLine = (text: string): void => console.error(printable(text));
