import { bodyAbout } from "../cloud/kafka-destination.ts";
import type { LogRecord } from "../cloud/log.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { assertInvariant } from "../violation.ts";
import { isDone } from "./each-step.ts";

/**
 * I16: an offset is committed only where its record is done, kept in the failed-message store, or written to the
 * dead-letter topic.
 */
export function checkCommitted(system: SimulatedSystem, records: readonly LogRecord[]): void {
  const { oracle, kafka } = system;
  for (const record of records) {
    const body = bodyAbout(record);
    if (body === undefined) continue;
    const isDead = record.topic === kafka?.deadLetters.topic;
    oracle.count(isDead ? "kafka-dead-letters" : "order-events-kafka", body, -1);
    const known = oracle.events.get(oracle.eventOfBody(body) ?? "");
    if (known !== undefined && !known.consumers.includes("order-events-kafka")) continue;
    const isAcknowledged =
      (known !== undefined && isDone(system, "order-events-kafka", known)) ||
      isKept(system, body) ||
      (!isDead && isDeadLetter(system, body));
    assertInvariant(
      isAcknowledged,
      "I16",
      () =>
        `${record.topic}-${record.partition}@${record.offset} is committed, and its record is lost: ${body}`,
    );
  }
}

function isKept({ tables }: SimulatedSystem, body: string): boolean {
  for (const row of tables.rows.failed.values()) {
    const isTheirs = row.consumer === "order-events-kafka";
    if (isTheirs && (row.body === body || row.originalBody === body)) return true;
  }
  return false;
}

function isDeadLetter({ kafka }: SimulatedSystem, body: string): boolean {
  const [partition] = kafka?.deadLetters.partitions ?? [];
  if (partition === undefined) return false;
  return partition.records.slice(partition.committed).some((record) => bodyAbout(record) === body);
}
