import { printable } from "./terminal-text.ts";

/** The standard streams of a command that prints no colors of its own. */
export const terminal = {
  write: (text: string): void => void process.stdout.write(printable(text)),
  writeError: (text: string): void => void process.stderr.write(printable(text)),
};

export const printLine = (text: string): void => console.log(printable(text));
export const printErrorLine = (text: string): void => console.error(printable(text));

const OUTPUT_FAILED = 4;
let atClosedOutput: (() => void) | undefined;

/**
 * Called first in every command: ends it without an error once the reader of its output has closed it, as
 * `order-events failed list | head -1` does. Any other error of the output, as on a full disk, ends it with 4. A later call replaces `end`.
 */
export function onClosedOutput(end: () => void = () => process.exit()): void {
  const isFirst = atClosedOutput === undefined;
  atClosedOutput = end;
  if (!isFirst) return;
  let isClosed = false;
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") {
        if (stream !== process.stderr)
          terminal.writeError(`The output could not be written: ${error.message}\n`);
        process.exit(OUTPUT_FAILED);
      }
      if (isClosed) return;
      isClosed = true;
      atClosedOutput?.();
    });
}
