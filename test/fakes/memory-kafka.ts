import type { OrderEvent } from "../../functions/contract/schemas.ts";
import type { KafkaRecord } from "../../functions/middleware/transports/kafka.ts";
import type { OutgoingRecord, Published, RecordTopic } from "../../functions/publishing/ports/publisher.ts";
import { kafkaRecord } from "../fixtures/kafka-events.ts";

/** A topic with partitions. `refuse` decides which records it refuses. */
export interface MemoryKafka extends RecordTopic {
  /** As in Lambda's event, in the order of their writes. */
  readonly records: KafkaRecord[];
  refuse: (event: OrderEvent) => Extract<Published, { kind: "refused" }> | undefined;
}

/** `now` stamps the records. */
export function memoryKafka(now: () => number, partitions = 3): MemoryKafka {
  const records: KafkaRecord[] = [];
  const kafka: MemoryKafka = {
    records,
    refuse: () => undefined,
    async publish(outgoing) {
      return outgoing.map((record) => {
        const refusal = kafka.refuse(record.event);
        if (refusal === undefined) append(record);
        return refusal ?? { kind: "published" };
      });
    },
  };
  return kafka;

  function append({ event, attributes, text = JSON.stringify(event) }: OutgoingRecord): void {
    // Any function of the key, so that an order has one partition.
    const partition = [...event.subject].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % partitions;
    const offset = records.filter((record) => record.partition === partition).length;
    const { type, traceparent } = event;
    const headers = {
      ...attributes,
      "content-type": "application/cloudevents+json; charset=UTF-8",
      type,
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    records.push(kafkaRecord(text, { key: event.subject, partition, offset, timestamp: now(), headers }));
  }
}
