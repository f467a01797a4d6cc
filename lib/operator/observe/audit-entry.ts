import type { TimelineEntry } from "./view-types.ts";

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
  switch (line?.["audit"]) {
    case "attempt":
      return messageEntry(line);
    case "operator":
      return operatorEntry(line, source);
    default:
      return undefined;
  }
}

type Line = Readonly<Record<string, unknown>>;

/** A function finished an attempt on a message. */
function messageEntry(line: Line): AuditEntry | undefined {
  const { at, consumer, type, eventId, outcome, why, attempt } = line;
  const id = eventIdIn(eventId);
  if (id === undefined || typeof at !== "number") return undefined;
  const source = String(consumer);
  // For a publisher, done means published.
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

/** An operator, or maintenance on behalf of one, changed a failed message or an order. */
function operatorEntry(line: Line, source: string): AuditEntry | undefined {
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
