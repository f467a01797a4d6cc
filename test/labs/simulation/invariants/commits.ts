import { bodyAbout } from "../cloud/kafka-destination.ts";
import type { LogRecord } from "../cloud/log.ts";
import type { World } from "../simulated-system.ts";
import { holds } from "../violation.ts";
import { isDone } from "./each-step.ts";

/**
 * I16: an offset is committed only where its record is done, kept in the failed-message store, or written to the
 * dead-letter topic.
 */
export function checkCommitted(world: World, records: readonly LogRecord[]): void {
  const { facts, kafka } = world;
  for (const record of records) {
    const body = bodyAbout(record);
    if (body === undefined) continue;
    const isDead = record.topic === kafka?.deadLetters.topic;
    facts.count(isDead ? "kafka-dead-letters" : "order-events-kafka", body, -1);
    const known = facts.events.get(facts.eventOfBody(body) ?? "");
    if (known !== undefined && !known.consumers.includes("order-events-kafka")) continue;
    const isAcknowledged =
      (known !== undefined && isDone(world, "order-events-kafka", known)) ||
      isKept(world, body) ||
      (!isDead && isDeadLetter(world, body));
    holds(
      isAcknowledged,
      "I16",
      () =>
        `${record.topic}-${record.partition}@${record.offset} is committed, and is stored nowhere: ${body}`,
    );
  }
}

function isKept({ tables }: World, body: string): boolean {
  for (const row of tables.rows.failed.values()) {
    const isTheirs = row.consumer === "order-events-kafka";
    if (isTheirs && (row.body === body || row.originalBody === body)) return true;
  }
  return false;
}

function isDeadLetter({ kafka }: World, body: string): boolean {
  const [partition] = kafka?.deadLetters.partitions ?? [];
  if (partition === undefined) return false;
  return partition.records.slice(partition.committed).some((record) => bodyAbout(record) === body);
}
