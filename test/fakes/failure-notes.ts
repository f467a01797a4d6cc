import type { FailureLog, MessageFacts } from "../../functions/middleware/failure-log.ts";

export interface Note {
  readonly act: "park" | "last-attempt" | "resolve";
  readonly message: MessageFacts;
  readonly reason?: string;
  readonly error?: unknown;
}

/** A failure log that records its calls; rejects while `isDown`. */
export interface FailureNotes extends FailureLog {
  readonly notes: Note[];
  isDown: boolean;
}

export function failureNotes(): FailureNotes {
  const notes: Note[] = [];
  const log: FailureNotes = {
    notes,
    isDown: false,
    park: (message, reason, error) => note({ act: "park", message, reason, error }),
    lastAttemptFailed: (message, error) => note({ act: "last-attempt", message, error }),
    resolve: (message) => note({ act: "resolve", message }),
  };
  return log;

  async function note(entry: Note): Promise<void> {
    if (log.isDown) throw new Error("The failed-message store is down.");
    notes.push(entry);
  }
}
