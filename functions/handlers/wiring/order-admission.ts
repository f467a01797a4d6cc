import { kafkaLag, parseKafkaBacklog } from "../../adapters/kafka-lag.ts";
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
    const backlog = kafkaLag(parseKafkaBacklog(kafka), clock);
    return admission({ backlog, clock }, limit, LAG_IS_FRESH_FOR_MS);
  }
  const { backlogQueueUrl } = environment("backlogQueueUrl");
  const queues = sqsQueues();
  return admission({ backlog: () => queues.backlog(backlogQueueUrl), clock }, limit);
}
