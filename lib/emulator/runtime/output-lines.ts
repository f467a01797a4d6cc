import type { Readable } from "node:stream";

/** A longer line is passed on in pieces, so that a function cannot fill the memory of the emulator. */
const LINE_CHARACTERS = 1_000_000;

/** Calls `onLine` for each line of the stream, and for the rest at its end. */
export const eachLine = (stream: Readable, onLine: (text: string) => void): void => {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) onLine(part.endsWith("\r") ? part.slice(0, -1) : part);
    if (rest.length > LINE_CHARACTERS) {
      onLine(rest);
      rest = "";
    }
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
};
