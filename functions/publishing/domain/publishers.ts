import {
  KAFKA_CONSUMER,
  KAFKA_PUBLISHER,
  RABBITMQ_CONSUMER,
  RABBITMQ_PUBLISHER,
} from "../../contract/broker-names.ts";
import { STREAM_PUBLISHERS, type StreamPublisher } from "../../contract/names.ts";

const ALL: readonly string[] = [...STREAM_PUBLISHERS, RABBITMQ_PUBLISHER];

/** Its messages go to the topic, those of every other consumer to a queue. */
export const TOPIC_PUBLISHER: StreamPublisher = "publish-events";

/** Where messages of a consumer are sent. */
export function targetOf(consumer: string): "topic" | "queue" {
  return consumer === TOPIC_PUBLISHER ? "topic" : "queue";
}

export function isPublisher(consumer: string): consumer is StreamPublisher | typeof RABBITMQ_PUBLISHER {
  return ALL.includes(consumer);
}

/** Whether messages of a consumer are sent through an exchange of RabbitMQ. */
export function isReachedByRabbitmq(consumer: string): boolean {
  return consumer === RABBITMQ_PUBLISHER || consumer === RABBITMQ_CONSUMER;
}

const BROKERS = [
  { name: "Kafka", consumers: [KAFKA_PUBLISHER, KAFKA_CONSUMER] },
  { name: "RabbitMQ", consumers: [RABBITMQ_PUBLISHER, RABBITMQ_CONSUMER] },
] as const;

/** Why nothing can be sent to a consumer that has no queue or topic. */
export function noTargetFor(consumer: string): string {
  const broker = BROKERS.find(({ consumers }) => (consumers as readonly string[]).includes(consumer));
  return broker === undefined
    ? `No queue or topic is configured for ${consumer}.`
    : `${broker.name} is not deployed here, so nothing can be sent to ${consumer}. Deploy ${broker.name}, or discard this message.`;
}
