import { type CallChecks, createCallChecks } from "./calls/call-checks.ts";
import { createRecentLogs, type RecentLogs } from "./recent-logs.ts";
import { createShutdown, type Shutdown } from "./shutdown.ts";
import type { Clock, Debugging, LogLine } from "./types.ts";

/** Shared by all parts of an emulator. */
export interface EmulatorContext {
  readonly region: string;
  /** Folder of the state; in memory where absent. */
  readonly dataDir?: string;
  readonly clock: Clock;
  readonly logs: RecentLogs;
  /** Writes a line of the emulator itself to the logs. */
  readonly log: (source: string, text: string) => void;
  /** What may refuse SDK calls. */
  readonly calls: CallChecks;
  readonly debugging?: Debugging;
  /** Closes everything that has started. */
  readonly shutdown: Shutdown;
}

const DEFAULT_REGION = "eu-central-1";

export function emulatorContext(options: {
  readonly region?: string;
  readonly dataDir?: string;
  readonly onLine?: (line: LogLine) => void;
  readonly debugging?: Debugging;
}): EmulatorContext {
  const { region = DEFAULT_REGION, dataDir, onLine, debugging } = options;
  const clock: Clock = { now: () => Date.now() };
  const logs = createRecentLogs();
  if (onLine !== undefined) logs.onLine(onLine);
  return {
    region,
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(debugging === undefined ? {} : { debugging }),
    clock,
    logs,
    log: (source, text) => logs.add({ at: clock.now(), source, stream: "emulator", text }),
    calls: createCallChecks(),
    shutdown: createShutdown(),
  };
}
