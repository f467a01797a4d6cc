import { EventEmitter } from "node:events";
import type { LogLine } from "./types.ts";

/** The last lines of functions and emulator, and a way to follow them. */
export interface RecentLogs {
  add(line: LogLine): void;
  /** Oldest first. */
  recent(): readonly LogLine[];
  /** Calls back for each line from now on. Gives the function that ends this. */
  onLine(listener: (line: LogLine) => void): () => void;
}

export function createRecentLogs(capacity = 5_000): RecentLogs {
  let lines: LogLine[] = [];
  const events = new EventEmitter<{ line: [LogLine] }>();
  events.setMaxListeners(0);
  return {
    add(line) {
      lines.push(line);
      // Cut rarely: shifting at each line would move the whole list each time.
      if (lines.length > 2 * capacity) lines = lines.slice(-capacity);
      events.emit("line", line);
    },
    recent: () => lines.slice(-capacity),
    onLine(listener) {
      events.on("line", listener);
      return () => events.off("line", listener);
    },
  };
}
