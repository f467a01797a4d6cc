import { type LogBook, openLogBook } from "./recent-logs.ts";
import { type Closing, createShutdown } from "./shutdown.ts";
import type { Clock, LogLine } from "./types.ts";

/** What every part of an emulator is given. */
export interface EmulatorContext {
  readonly region: string;
  /** Where state is kept; in memory when absent. */
  readonly dataDir?: string;
  readonly clock: Clock;
  readonly logs: LogBook;
  /** Writes a line of the emulator's own into the log. */
  readonly say: (source: string, text: string) => void;
  /** Takes whatever is started. */
  readonly closing: Closing;
}

const DEFAULT_REGION = "eu-central-1";

export function emulatorContext(options: {
  readonly region?: string;
  readonly dataDir?: string;
  readonly onLine?: (line: LogLine) => void;
}): EmulatorContext {
  const { region = DEFAULT_REGION, dataDir, onLine } = options;
  const clock: Clock = { now: () => Date.now() };
  const logs = openLogBook();
  if (onLine !== undefined) logs.onLine(onLine);
  return {
    region,
    ...(dataDir === undefined ? {} : { dataDir }),
    clock,
    logs,
    say: (source, text) => logs.add({ at: clock.now(), source, stream: "emulator", text }),
    closing: createShutdown(),
  };
}
