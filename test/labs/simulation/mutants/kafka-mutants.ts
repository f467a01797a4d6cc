import type { Transport } from "../../../../functions/middleware/transport.ts";
import type { KafkaRecord } from "../../../../functions/middleware/transports/kafka.ts";
import { sqs } from "../../../../functions/middleware/transports/sqs.ts";
import type { KafkaParts } from "../kafka-parts.ts";
import type { Mutant } from "../simulated-system.ts";
import { inParts, withoutRefusals } from "./mutant.ts";

/** A mutant of the Kafka parts. */
function inKafka(name: string, change: (kafka: KafkaParts) => Partial<KafkaParts>): Mutant {
  return inParts(name, ({ kafka }) => (kafka === undefined ? {} : { kafka: { ...kafka, ...change(kafka) } }));
}

function inTransport(
  name: string,
  wrong: (kafka: Transport<KafkaRecord>) => Partial<Transport<KafkaRecord>>,
): Mutant {
  return inKafka(name, ({ transport }) => ({ transport: { ...transport, ...wrong(transport) } }));
}

/** Mutants of the Kafka backbone. */
export const KAFKA_MUTANTS: readonly Mutant[] = [
  inTransport("Kafka: the offset is committed before its record is finished", () => ({
    response: () => ({ batchItemFailures: [] }),
  })),
  inTransport("Kafka: the response names the record after the failed one", ({ read }) => {
    let all: readonly KafkaRecord[] = [];
    return {
      read(event) {
        all = read(event);
        return all;
      },
      response: (_, failed) => ({
        batchItemFailures: failed.map((raw) => {
          const next = all[all.indexOf(raw) + 1] ?? raw;
          return { itemIdentifier: { partition: `${next.topic}-${next.partition}`, offset: next.offset } };
        }),
      }),
    };
  }),
  inTransport("Kafka: only the highest failure of a partition is named", () => ({
    response: (_, failed) => ({
      batchItemFailures: failed
        .filter(
          ({ partition, offset }) =>
            !failed.some((other) => other.partition === partition && other.offset > offset),
        )
        .map(({ topic, partition, offset }) => ({
          itemIdentifier: { partition: `${topic}-${partition}`, offset },
        })),
    }),
  })),
  inTransport("Kafka: the partition is named by its number alone", () => ({
    response: (_, failed) => ({
      batchItemFailures: failed.map(({ partition, offset }) => ({
        itemIdentifier: { partition: String(partition), offset },
      })),
    }),
  })),
  inTransport("Kafka: the records of one key are handled concurrently", () => ({
    lane: ({ topic, partition, offset }) => `${topic}-${partition}@${offset}`,
  })),
  inKafka("Kafka: a tombstone throws", ({ decode }) => ({
    decode(raw) {
      if (raw.value === null || raw.value === undefined) throw new TypeError("There is no value.");
      return decode(raw);
    },
  })),
  inKafka("Kafka: a row is resolved by the publisher, not by the consumer", ({ queueTransport }) => ({
    queueTransport: {
      ...queueTransport,
      isRetriedOrRedriven: ({ messageAttributes }) => "redriveId" in messageAttributes,
    },
  })),
  inTransport("Kafka: a successful redrive does not resolve its row", () => ({
    isRetriedOrRedriven: () => false,
  })),
  inKafka("Kafka: a redriven message loses its attributes", ({ decodeQueued }) => ({
    decodeQueued(raw) {
      const content = decodeQueued(raw);
      if (content.kind === "malformed") return content;
      return { ...content, message: { ...content.message, attributes: {} } };
    },
  })),
  inKafka(
    "Kafka: redrive attributes go to the topic although publishing was the effect",
    ({ decodeQueued }) => ({
      decodeQueued(raw) {
        const content = decodeQueued(raw);
        if (content.kind === "malformed") return content;
        return { ...content, message: { ...content.message, attributes: sqs({}).attributes(raw) } };
      },
    }),
  ),
  inParts("Kafka: a repeated delivery opens its row again", ({ failureLogOf, ports }) => ({
    failureLogOf: (name) => ({
      ...failureLogOf(name),
      park: (message, reason, error) =>
        failureLogOf(name).park({ ...message, source: `${message.source} ${ports.newId()}` }, reason, error),
    }),
  })),
  inKafka("Kafka: refusals of the topic are ignored", ({ topic }) => ({ topic: withoutRefusals(topic) })),
  inKafka("Kafka: a dead letter is committed although the store refused it", () => ({
    deadLetters: (handler) => handler,
  })),
  { name: "Kafka: given-up records are dropped", isWithoutDestination: true },
  inParts("Kafka: a crashed batch of one publisher is published by the other", ({ ports }) => ({
    ports: {
      ...ports,
      crashedBatches: {
        ...ports.crashedBatches,
        read: async (key) => ({
          ...(await ports.crashedBatches.read(key)),
          consumer: "publish-events",
        }),
      },
    },
  })),
];
