import { CONSUMERS } from "../../../functions/consumers/consumers.ts";
import type { ConsumerDeclaration } from "../../../functions/consumers/define-consumer.ts";
import { MAIL_FEEDBACK } from "../../../functions/contract/names.ts";
import type { LiveEntry, TimelineEntry } from "./view-types.ts";

/** A timeline entry and its order. */
export interface AuditEntry {
  readonly orderId: string;
  readonly entry: TimelineEntry;
}

/** `<orderId>:<version>:<type>`, in events and in keys of failed messages. */
const EVENT_ID = /(?:^|~)((\w{1,64}):\d+:([\w.]+))(?:~|$)/;

/**
 * The timeline entry of an audit line; `undefined` for any other text and for messages without an order. `source` is
 * the function that wrote the line.
 */
export function auditEntry(text: string, source: string): AuditEntry | undefined {
  const line = auditLine(text);
  const found = line === undefined ? undefined : entryOf(line, source);
  if (found?.orderId === undefined) return undefined;
  const { orderId, stack: _, ...entry } = found;
  return { orderId, entry };
}

/** The entry of any audit line, also without an order; `undefined` for any other text. */
export function liveAuditEntry(text: string, source: string): Omit<LiveEntry, "id"> | undefined {
  const line = auditLine(text);
  return line === undefined ? undefined : entryOf(line, source);
}

type Line = Readonly<Record<string, unknown>>;
type Entry = Omit<LiveEntry, "id">;

function entryOf(line: Line, source: string): Entry | undefined {
  if (typeof line["at"] !== "number") return undefined;
  switch (line["audit"]) {
    case "accepted":
      return { at: line["at"], source, ...eventOf(line), outcome: "accepted", ...durationOf(line) };
    case "attempt":
      return attemptEntry(line, line["at"]);
    case "operator":
      return operatorEntry(line, line["at"], source);
    default:
      return undefined;
  }
}

/** A function finished an attempt on a message. */
function attemptEntry(line: Line, at: number): Entry {
  const { consumer, outcome, why, attempt, retryInSeconds, stack } = line;
  const source = textOf(consumer);
  return {
    at,
    source,
    ...eventOf(line),
    outcome: outcome === "done" ? doneBy(source, line["type"]) : textOf(outcome),
    ...(typeof attempt === "number" ? { attempt } : {}),
    ...(typeof why === "string" ? { detail: why } : {}),
    ...durationOf(line),
    ...(typeof retryInSeconds === "number" ? { retryInSeconds } : {}),
    ...(Array.isArray(stack) ? { stack: stack.map(textOf) } : {}),
  };
}

const MAILERS: readonly string[] = CONSUMERS.filter(({ access }: ConsumerDeclaration) =>
  access.includes("mail"),
).map(({ name }) => name);

/** For a publisher, done means published; for a dead letter, retried; for the feedback of a mail, what it reports. */
function doneBy(source: string, type: unknown): string {
  if (source === MAIL_FEEDBACK) return textOf(type).replace("mail.", "");
  if (source.endsWith("dead-letters")) return "retried";
  return source.startsWith("publish-") ? "published" : MAILERS.includes(source) ? "mailed" : "done";
}

/** An operator, or maintenance on behalf of one, changed a failed message, an order or many of them. */
function operatorEntry(line: Line, at: number, source: string): Entry {
  const { act, by, outcome, why, consumer, selection, jobId } = line;
  const result = typeof outcome === "string" ? `: ${outcome}` : "";
  const reason = typeof why === "string" ? ` (${why})` : "";
  const event = eventOf(line);
  const isOfEvent = event.event !== undefined;
  // The event's id names the consumer of other acts.
  const subjects = isOfEvent ? [] : [consumer, selection].filter((each) => typeof each === "string");
  const subject = subjects.map((each) => `${each}, `).join("");
  return {
    at,
    source: source === "maintenance" ? source : "operator",
    ...event,
    ...(!isOfEvent && typeof jobId === "string" ? { jobId } : {}),
    outcome: textOf(act),
    ...(by === undefined ? {} : { detail: `${subject}${textOf(by)}${result}${reason}` }),
  };
}

/** The event that a line names, its order and its type. */
function eventOf({ failedKey, eventId, type }: Line) {
  const id = eventIdIn(failedKey) ?? eventIdIn(eventId);
  const known = typeof type === "string" ? type : id?.type;
  return {
    ...(id === undefined ? {} : { orderId: id.orderId, event: id.event }),
    ...(known === undefined ? {} : { type: known }),
  };
}

const durationOf = ({ ms, requestId }: Line) => ({
  ...(typeof ms === "number" ? { durationMs: ms } : {}),
  ...(typeof requestId === "string" ? { requestId } : {}),
});

/** Never throws, unlike String. */
const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value)) ?? "";

function eventIdIn(value: unknown) {
  const [, event, orderId, type] = EVENT_ID.exec(typeof value === "string" ? value : "") ?? [];
  if (event === undefined || orderId === undefined || type === undefined) return undefined;
  return { event, orderId, type };
}

function auditLine(text: string): Line | undefined {
  if (!text.startsWith('{"audit":')) return undefined;
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

/** Stable: entries of the same millisecond keep their order. */
export const inOrderOfTime = (entries: readonly TimelineEntry[]): TimelineEntry[] =>
  entries.toSorted((left, right) => left.at - right.at);
