import { KAFKA } from "../functions/contract/names.ts";
import type { KafkaSettings } from "./kafka-settings.ts";

/** A topic as it shall be. `configs` are Kafka's own names and values. */
export interface WantedTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly configs: Readonly<Record<string, string>>;
}

const HOUR_MS = 3_600_000;
/** A record that was given up waits here while the function that parks it is broken. */
const DEAD_LETTER_HOURS = 14 * 24;

/**
 * The topics of a deployment. Every broker up to three holds a copy; a write is acknowledged when all copies but one
 * have it, so that one broker may be away: it is restarted for each patch.
 */
export function wantedTopics(
  settings: Pick<KafkaSettings, "brokerCount" | "kafkaPartitions" | "kafkaRetentionHours">,
): readonly WantedTopic[] {
  const replication = Math.min(3, settings.brokerCount);
  const topic = (name: string, partitions: number, hours: number): WantedTopic => ({
    name,
    partitions,
    replication,
    configs: {
      "cleanup.policy": "delete",
      "min.insync.replicas": String(Math.max(1, replication - 1)),
      "retention.ms": String(hours * HOUR_MS),
    },
  });
  return [
    topic(KAFKA.topic, settings.kafkaPartitions, settings.kafkaRetentionHours),
    topic(
      KAFKA.deadLetterTopic,
      settings.kafkaPartitions,
      Math.max(DEAD_LETTER_HOURS, settings.kafkaRetentionHours),
    ),
  ];
}

/** Topic configuration as MSK's interfaces take it: lines of `name=value` in Base64. */
export function encodeConfigs(configs: Readonly<Record<string, string>>): string {
  const lines = Object.entries(configs).map(([name, value]) => `${name}=${value}`);
  return Buffer.from(lines.sort().join("\n")).toString("base64");
}

/** What MSK answers about a topic's configuration; empty for text that is none. */
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
