import { liveAuditEntry } from "./audit-entry.ts";
import { uncaughtError } from "./uncaught-error.ts";
import type { LiveEntry, LiveFilter } from "./view-types.ts";

/** A line of a function's log, or of what runs it. */
export interface FunctionLine {
  readonly at: number;
  /** The function. */
  readonly source: string;
  readonly text: string;
  readonly requestId?: string;
}

/** What ends an invocation without an outcome, as Lambda and the emulator report it. */
const CRASH =
  /^(?:\S+Z [\w-]+ )?(?:RequestId: [\w-]+ Error: )?(Task timed out after .*|Runtime exited.*|Runtime\.OutOfMemory.*|Killed by a fault|EmulatorFault: .*|the init phase took longer.*)$/;
const REQUEST_ID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/;

/** The live entry of a log line; `undefined` where the line reports no attempt, no act and no crash. */
export function liveEntryOf(line: FunctionLine): Omit<LiveEntry, "id"> | undefined {
  const { at, source, text } = line;
  const requestId = line.requestId ?? REQUEST_ID.exec(text)?.[0];
  const known = requestId === undefined ? {} : { requestId };
  if (text.startsWith("{")) {
    const entry = liveAuditEntry(text, source);
    return entry === undefined ? undefined : { ...known, ...entry };
  }
  const uncaught = uncaughtError(text);
  if (uncaught !== undefined) return { at, source, outcome: "crashed", ...known, ...uncaught };
  const detail = CRASH.exec(text)?.[1];
  return detail === undefined ? undefined : { at, source, outcome: "crashed", ...known, detail };
}

export function matchesLive(entry: Omit<LiveEntry, "id">, filter: LiveFilter): boolean {
  const { consumer, type, outcome, orderId } = filter;
  return (
    (consumer === undefined || entry.source === consumer) &&
    (type === undefined || entry.type === type) &&
    (outcome === undefined || entry.outcome === outcome) &&
    (orderId === undefined || entry.orderId === orderId)
  );
}
