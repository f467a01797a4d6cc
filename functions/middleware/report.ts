import { METRICS, SERVICE } from "../contract/names.ts";
import type { Outcome } from "../domain/outcome.ts";
import { at, type Batch } from "./batch.ts";
import { emfLine } from "./emf.ts";
import type { OutcomeCount } from "./options.ts";

interface Tally extends Record<OutcomeCount, number> {
  received: number;
  readonly elapsedMs: number[];
  readonly ageMs: number[];
}

const COUNT_OF: Readonly<Record<Outcome["kind"], OutcomeCount>> = {
  done: "consumed",
  duplicate: "duplicate",
  ignored: "ignored",
  retry: "failed",
  park: "parked",
};

/**
 * Writes what happened: one audit line for each settled record, one metrics line for each event type.
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
      if (outcome !== undefined) text += auditLine(batch, index, outcome);
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
  const type = content.kind === "message" ? content.type : "unknown";
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

/** Ids and outcomes, never payloads. Event ids passed a pattern that needs no escaping. */
function auditLine<Raw, Message>(batch: Batch<Raw, Message>, index: number, outcome: Outcome): string {
  const { raw, content } = at(batch, index);
  const { name, transport } = batch.options;
  const id = content.kind === "message" ? content.eventId : undefined;
  const type = content.kind === "message" ? content.type : "unknown";
  const why = outcome.kind === "park" ? outcome.reason : outcome.kind === "ignored" ? outcome.why : undefined;
  return `{"audit":"settled","at":${batch.startedAt},"consumer":"${name}","type":"${type}"${
    id === undefined ? "" : `,"eventId":"${id}"`
  },"outcome":"${outcome.kind}"${why === undefined ? "" : `,"why":${JSON.stringify(why)}`},"attempt":${transport.attempt(raw)}}\n`;
}
