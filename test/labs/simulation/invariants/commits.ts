import { KAFKA_CONSUMER } from "../../../../functions/contract/broker-names.ts";
import type { BrokerConsumer } from "../cloud/consumers.ts";
import { bodyAbout } from "../cloud/kafka-destination.ts";
import type { LogRecord } from "../cloud/log.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { assertInvariant } from "../violation.ts";
import { isDone } from "./each-step.ts";

/** I16: an offset is committed only where its record is kept. */
export function checkCommitted(system: SimulatedSystem, records: readonly LogRecord[]): void {
  const { oracle, kafka } = system;
  for (const record of records) {
    const body = bodyAbout(record);
    if (body === undefined) continue;
    oracle.count(KAFKA_CONSUMER, body, -1);
    const isDead = record.topic === kafka?.deadLetters.topic;
    checkKept(system, KAFKA_CONSUMER, body, {
      place: `${record.topic}-${record.partition}@${record.offset}`,
      isElsewhere: !isDead && isDeadLetter(system, body),
    });
  }
}

/**
 * I16: a message of a broker is acknowledged only where it is done, kept in the failed-message store, or elsewhere in the
 * broker.
 */
export function checkKept(
  system: SimulatedSystem,
  consumer: BrokerConsumer,
  body: string,
  { place, isElsewhere }: { readonly place: string; readonly isElsewhere: boolean },
): void {
  const { oracle } = system;
  const known = oracle.events.get(oracle.eventOfBody(body) ?? "");
  if (known !== undefined && !known.consumers.includes(consumer)) return;
  assertInvariant(
    isElsewhere ||
      (known !== undefined && isDone(system, consumer, known)) ||
      isStored(system, consumer, body),
    "I16",
    () => `${place} is acknowledged, and is lost: ${body}`,
  );
}

function isStored({ tables }: SimulatedSystem, consumer: BrokerConsumer, body: string): boolean {
  for (const row of tables.rows.failed.values()) {
    if (row.consumer === consumer && (row.body === body || row.originalBody === body)) return true;
  }
  return false;
}

function isDeadLetter({ kafka }: SimulatedSystem, body: string): boolean {
  const [partition] = kafka?.deadLetters.partitions ?? [];
  if (partition === undefined) return false;
  return partition.records.slice(partition.committed).some((record) => bodyAbout(record) === body);
}
