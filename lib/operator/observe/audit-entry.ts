import type { TimelineEntry } from "./view-types.ts";

/** One line of an order's timeline, and whose. */
export interface AuditEntry {
  readonly orderId: string;
  readonly entry: TimelineEntry;
}

/** `<orderId>:<version>:<type>`, as it stands in events and in keys of failed messages. */
const EVENT_ID = /(?:^|~)((\w{1,64}):\d+:([\w.]+))(?:~|$)/;

/**
 * The entry that an audit line makes in the timeline of its order; `undefined` for any other text, and for lines
 * about messages that belong to no order. `source` is the function whose log the line is from.
 */
export function auditEntry(text: string, source: string): AuditEntry | undefined {
  const line = auditLine(text);
  switch (line?.["audit"]) {
    case "settled":
      return settled(line);
    case "operator":
      return operated(line, source);
    default:
      return undefined;
  }
}

type Line = Readonly<Record<string, unknown>>;

/** What a function made of one message. */
function settled(line: Line): AuditEntry | undefined {
  const { at, consumer, type, eventId, outcome, why, attempt } = line;
  const id = eventIdIn(eventId);
  if (id === undefined || typeof at !== "number") return undefined;
  const source = String(consumer);
  // A publisher that is done with an event has published it.
  const isPublished = outcome === "done" && source.startsWith("publish-");
  return {
    orderId: id.orderId,
    entry: {
      at,
      source,
      event: id.event,
      type: typeof type === "string" ? type : id.type,
      outcome: isPublished ? "published" : String(outcome),
      ...(typeof attempt === "number" ? { attempt } : {}),
      ...(typeof why === "string" ? { detail: why } : {}),
    },
  };
}

/** What a person, or the minute schedule for that person, did with a failed message or an order. */
function operated(line: Line, source: string): AuditEntry | undefined {
  const { at, act, failedKey, eventId, by, outcome } = line;
  const id = eventIdIn(failedKey) ?? eventIdIn(eventId);
  if (id === undefined || typeof at !== "number") return undefined;
  const result = typeof outcome === "string" ? `: ${outcome}` : "";
  return {
    orderId: id.orderId,
    entry: {
      at,
      source: source === "maintenance" ? source : "operator",
      event: id.event,
      type: id.type,
      outcome: String(act),
      ...(by === undefined ? {} : { detail: `${by}${result}` }),
    },
  };
}

function eventIdIn(value: unknown) {
  const [, event, orderId, type] = EVENT_ID.exec(typeof value === "string" ? value : "") ?? [];
  if (event === undefined || orderId === undefined || type === undefined) return undefined;
  return { event, orderId, type };
}

/** The object of a line that begins as audit lines do. */
function auditLine(text: string): Line | undefined {
  if (!text.startsWith('{"audit":')) return undefined;
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

/** In order of time; lines of one millisecond stay in the order they came. */
export const inOrderOfTime = (entries: readonly TimelineEntry[]): TimelineEntry[] =>
  entries.toSorted((left, right) => left.at - right.at);
