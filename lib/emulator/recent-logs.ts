import { EventEmitter } from "node:events";
import type { LogLine } from "./types.ts";

/** The last log lines of functions and emulator, with subscriptions. */
export interface RecentLogs {
  add(line: LogLine): void;
  /** Oldest first. */
  recent(): readonly LogLine[];
  /** Calls the listener for each further line. Returns the function that unsubscribes. */
  onLine(listener: (line: LogLine) => void): () => void;
}

export function createRecentLogs(capacity = 5_000): RecentLogs {
  let lines: LogLine[] = [];
  const events = new EventEmitter<{ line: [LogLine] }>();
  events.setMaxListeners(0);
  return {
    add(line) {
      lines.push(line);
      // Trimmed rarely, because each trim copies the list.
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
