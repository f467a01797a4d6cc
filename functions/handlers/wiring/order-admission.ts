import type { KafkaBacklog } from "../../adapters/cloudwatch-lag.ts";
import { sqsQueues } from "../../adapters/sqs-queues.ts";
import { admission } from "../../orders/admission.ts";
import type { Admission } from "../../orders/order-commands.ts";
import { clock, environment, integer, optional } from "./environment.ts";

/** The lag is a metric of each minute: more reads would cost more for the same value. */
const LAG_IS_FRESH_FOR_MS = 30_000;

/** The backlog is the queue of new orders, or the lag of the Kafka consumer where Kafka alone processes orders. */
export function admissionOfEnvironment(): Admission {
  const limit = integer("backlogLimit", 10_000);
  const kafka = optional("backlogKafka");
  if (kafka !== undefined) {
    const backlog = kafkaLag(parseKafkaBacklog(kafka));
    return admission({ backlog, clock }, limit, LAG_IS_FRESH_FOR_MS);
  }
  const { backlogQueueUrl } = environment("backlogQueueUrl");
  const queues = sqsQueues();
  return admission({ backlog: () => queues.backlog(backlogQueueUrl), clock }, limit);
}

/** The client is loaded at the first read, so that no cold start waits for it. */
function kafkaLag(backlog: KafkaBacklog): () => Promise<number> {
  let loaded: Promise<(now: number) => Promise<number>> | undefined;
  return async () => {
    loaded ??= import("../../adapters/cloudwatch-lag.ts").then(({ cloudWatchLag }) => cloudWatchLag(backlog));
    return (await loaded)(clock.now());
  };
}

/** Throws where the text names no consumer group, so that the function does not start without it. */
export function parseKafkaBacklog(text: string): KafkaBacklog {
  const { cluster, topic, group } = JSON.parse(text) as Record<string, unknown>;
  if (typeof cluster !== "string" || typeof topic !== "string" || typeof group !== "string") {
    throw new Error('BACKLOG_KAFKA must be {"cluster": "…", "topic": "…", "group": "…"}.');
  }
  return { cluster, topic, group };
}
