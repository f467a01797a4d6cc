import { LIMITS } from "../../functions/contract/limits.ts";
import { kafkaNames, type OfACluster } from "./kafka-names.ts";
import type { KafkaSettings } from "./kafka-settings.ts";

/** The wanted state of a topic. `configs` are Kafka's own names and values. */
export interface WantedTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly configs: Readonly<Record<string, string>>;
}

const HOUR_MS = 3_600_000;
/** A given-up record waits this long while the function that parks it is broken. */
const DEAD_LETTER_HOURS = 14 * 24;
/** A queue's message, which may become a record, with room for its key, its headers and Kafka's own bytes. */
const RECORD_BYTES = LIMITS.messageBytes + 16_384;
/**
 * Lambda writes a given-up record as a document, with the bytes of its headers as numbers: four characters a byte. The
 * worst case is a name of control characters, at six.
 */
const DEAD_LETTER_BYTES = 2 * 1_048_576;

/**
 * The topics of a deployment. Every broker up to three holds a copy; a write is acknowledged when all copies but one
 * have it, so that one broker may be away: it is restarted for each patch.
 */
export function wantedTopics(
  settings: OfACluster & Pick<KafkaSettings, "brokerCount" | "kafkaPartitions" | "kafkaRetentionHours">,
): readonly WantedTopic[] {
  const names = kafkaNames(settings);
  const replication = Math.min(3, settings.brokerCount);
  const topic = (name: string, hours: number, bytes: number): WantedTopic => ({
    name,
    partitions: settings.kafkaPartitions,
    replication,
    configs: {
      "cleanup.policy": "delete",
      "max.message.bytes": String(bytes),
      "min.insync.replicas": String(Math.max(1, replication - 1)),
      "retention.ms": String(hours * HOUR_MS),
    },
  });
  return [
    topic(names.topic, settings.kafkaRetentionHours, RECORD_BYTES),
    topic(
      names.deadLetterTopic,
      Math.max(DEAD_LETTER_HOURS, settings.kafkaRetentionHours),
      DEAD_LETTER_BYTES,
    ),
  ];
}

/** Topic configuration in MSK's form: lines of `name=value` in Base64. */
export function encodeConfigs(configs: Readonly<Record<string, string>>): string {
  const lines = Object.entries(configs).map(([name, value]) => `${name}=${value}`);
  return Buffer.from(lines.sort().join("\n")).toString("base64");
}

/** A topic's configuration from MSK's form; empty for other text. */
export function decodeConfigs(encoded: string | undefined): Readonly<Record<string, string>> {
  const lines = Buffer.from(encoded ?? "", "base64")
    .toString("utf8")
    .split(/\r?\n/);
  const pairs = lines.flatMap((line): [string, string][] => {
    const at = line.indexOf("=");
    return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1).trim()]] : [];
  });
  return Object.fromEntries(pairs);
}
