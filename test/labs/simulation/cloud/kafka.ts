import { KAFKA, KAFKA_CONSUMER } from "../../../../functions/contract/broker-names.ts";
import type { Random } from "../engine/random.ts";
import type { Oracle } from "../oracle.ts";
import { bodyAbout } from "./kafka-destination.ts";
import { type Log, type LogRecord, simLog } from "./log.ts";

/** The topics of the Kafka backbone. */
export interface Kafka {
  readonly topic: Log;
  readonly deadLetters: Log;
  /** Retries of a batch before its records are given up. */
  readonly retries: number;
  /** False where given-up records are dropped. */
  readonly hasDestination: boolean;
}

export function newKafka(options: {
  readonly now: () => number;
  readonly random: Random;
  readonly oracle: Oracle;
  readonly hasDestination: boolean;
}): Kafka {
  const { now, random, oracle, hasDestination } = options;
  const watch = {
    now,
    random,
    appended(record: LogRecord) {
      const body = bodyAbout(record);
      if (body !== undefined) oracle.count(KAFKA_CONSUMER, body, 1);
    },
  };
  return {
    topic: simLog(KAFKA.topic, KAFKA.minimumPartitions, watch),
    deadLetters: simLog(KAFKA.deadLetterTopic, 1, watch),
    retries: random.below(4),
    hasDestination,
  };
}

/** The partitions that are read; those of the dead-letter topic always are. */
export function partitionsOf(kafka: Kafka | undefined, readsTopic: boolean) {
  if (kafka === undefined) return [];
  const { topic, deadLetters } = kafka;
  return readsTopic ? [...topic.partitions, ...deadLetters.partitions] : deadLetters.partitions;
}
