import type { Clock } from "../middleware/clock.ts";
import type { KafkaBacklog } from "./cloudwatch-lag.ts";

/** Throws where the text names no consumer group, so that the function does not start without it. */
export function parseKafkaBacklog(text: string): KafkaBacklog {
  const { cluster, topic, group } = JSON.parse(text) as Record<string, unknown>;
  if (typeof cluster !== "string" || typeof topic !== "string" || typeof group !== "string") {
    throw new Error('BACKLOG_KAFKA must be {"cluster": "…", "topic": "…", "group": "…"}.');
  }
  return { cluster, topic, group };
}

/**
 * The backlog of a Kafka topic: the lag of the consumer group over all partitions. The client is loaded at the first
 * read, so that no cold start waits for it.
 */
export function kafkaLag(backlog: KafkaBacklog, clock: Clock): () => Promise<number> {
  let loaded: Promise<(now: number) => Promise<number>> | undefined;
  return async () => {
    loaded ??= import("./cloudwatch-lag.ts").then(({ cloudWatchLag }) => cloudWatchLag(backlog));
    return (await loaded)(clock.now());
  };
}
