import { METRICS, SERVICE } from "../contract/names.ts";
import { at, type Batch } from "./batch.ts";
import { emfLine } from "./emf.ts";
import { errorLine } from "./error-text.ts";
import type { OutcomeCount } from "./options.ts";
import { type Outcome, retry } from "./outcome.ts";
import { isTraceparent } from "./traceparent.ts";

interface Tally extends Record<OutcomeCount, number> {
  received: number;
  readonly elapsedMs: number[];
  readonly ageMs: number[];
}

/** What is known of a record without a message. */
const UNKNOWN: { readonly type: string; readonly eventId?: string; readonly traceparent?: string } = {
  type: "unknown",
};

const COUNT_OF: Readonly<Record<Outcome["kind"], OutcomeCount>> = {
  done: "consumed",
  duplicate: "duplicate",
  ignored: "ignored",
  retry: "failed",
  park: "parked",
};

const NOT_FINISHED = retry("not finished by the deadline");
const NOT_STARTED = retry("not started: the deadline, or a failure before it in its lane");

/**
 * Writes what happened: one audit line for each record, one metrics line for each event type.
 * received = consumed + duplicate + ignored + failed + parked, exactly. Never throws.
 */
export function report<Raw, Message>(batch: Batch<Raw, Message>): void {
  try {
    const { write } = batch.options;
    const tallies = new Map<string, Tally>();
    let text = "";
    for (let index = 0; index < batch.records.length; index++) {
      const outcome = batch.outcomes[index];
      count(tallies, batch, index, outcome);
      text += auditLine(batch, index, outcome ?? (batch.started[index] === 1 ? NOT_FINISHED : NOT_STARTED));
    }
    for (const [type, tally] of tallies) text += metricsLine(batch, type, tally);
    if (text !== "") write(text);
  } catch {
    // The records are settled; a sink that is down must not give them back.
  }
}

function count<Raw, Message>(
  tallies: Map<string, Tally>,
  batch: Batch<Raw, Message>,
  index: number,
  outcome: Outcome | undefined,
): void {
  const { raw, content } = at(batch, index);
  const { type } = content.kind === "message" ? content : UNKNOWN;
  let tally = tallies.get(type);
  if (tally === undefined) {
    tally = {
      received: 0,
      consumed: 0,
      duplicate: 0,
      ignored: 0,
      failed: 0,
      parked: 0,
      elapsedMs: [],
      ageMs: [],
    };
    tallies.set(type, tally);
  }
  tally.received += 1;
  tally[outcome === undefined ? "failed" : COUNT_OF[outcome.kind]] += 1;
  if (outcome !== undefined) tally.elapsedMs.push(batch.elapsedMs[index] ?? 0);
  // Clocks differ, and a copy may not tell its time at all: no age is below 0, and each is a number.
  tally.ageMs.push(Math.max(0, batch.startedAt - batch.options.transport.sentAt(raw) || 0));
}

function metricsLine<Raw, Message>(batch: Batch<Raw, Message>, type: string, tally: Tally): string {
  const { name, service = SERVICE, alsoCount } = batch.options;
  const counts: Record<string, number> = {
    [METRICS.received]: tally.received,
    [METRICS.consumed]: tally.consumed,
    [METRICS.duplicate]: tally.duplicate,
    [METRICS.ignored]: tally.ignored,
    [METRICS.failed]: tally.failed,
    [METRICS.parked]: tally.parked,
    ...alsoCount?.(tally),
  };
  return emfLine({
    at: batch.startedAt,
    dimensions: { service, consumer: name, type },
    dimensionSets: [["service", "consumer", "type"], ["service"]],
    counts,
    milliseconds: { [METRICS.processingTime]: tally.elapsedMs, [METRICS.messageAge]: tally.ageMs },
  });
}

/** Ids, outcomes and errors without addresses, never payloads. Event ids passed a pattern that needs no escaping. */
function auditLine<Raw, Message>(batch: Batch<Raw, Message>, index: number, outcome: Outcome): string {
  const { raw, content } = at(batch, index);
  const { name, transport } = batch.options;
  const { type, eventId, traceparent } = content.kind === "message" ? content : UNKNOWN;
  const why = whyOf(outcome);
  return `{"audit":"settled","at":${batch.startedAt},"consumer":"${name}","type":"${type}"${
    eventId === undefined ? "" : `,"eventId":"${eventId}"`
  }${isTraceparent(traceparent) ? `,"traceparent":"${traceparent}"` : ""},"outcome":"${outcome.kind}"${
    why === undefined ? "" : `,"why":${JSON.stringify(why)}`
  },"attempt":${transport.attempt(raw)}}\n`;
}

function whyOf(outcome: Outcome): string | undefined {
  switch (outcome.kind) {
    case "done":
    case "duplicate":
      return undefined;
    case "ignored":
      return outcome.why;
    case "park":
      return outcome.reason;
    case "retry":
      return errorLine(outcome.error);
  }
}
