import { isRecord } from "../../../lib/emulator/assembly/template-values.ts";
import { parseJsonLine } from "../../../lib/emulator/json-line.ts";
import type { LogLine } from "../../../lib/emulator/types.ts";

/** Number of audit lines by outcome, for one event and consumer. */
export type Outcomes = Readonly<Record<string, number>>;

/** The audit lines of the functions, counted. */
export interface Audit {
  readonly onLine: (line: LogLine) => void;
  of(consumer: string, eventId: string): Outcomes;
  entries(): Iterable<readonly [consumer: string, eventId: string, outcomes: Outcomes]>;
}

export function openAudit(): Audit {
  const byConsumer = new Map<string, Map<string, Record<string, number>>>();
  return {
    onLine({ text }) {
      if (!text.startsWith('{"audit":"attempt"')) return;
      const line = parseJsonLine(text);
      if (!isRecord(line)) return;
      const { consumer, eventId, outcome } = line;
      const events = byConsumer.get(String(consumer)) ?? new Map<string, Record<string, number>>();
      byConsumer.set(String(consumer), events);
      const outcomes = events.get(String(eventId)) ?? {};
      events.set(String(eventId), outcomes);
      outcomes[String(outcome)] = (outcomes[String(outcome)] ?? 0) + 1;
    },
    of: (consumer, eventId) => byConsumer.get(consumer)?.get(eventId) ?? {},
    *entries() {
      for (const [consumer, events] of byConsumer) {
        for (const [eventId, outcomes] of events) yield [consumer, eventId, outcomes];
      }
    },
  };
}
