import {
  KAFKA_CONSUMER,
  PUBLISHERS,
  type PublisherName,
  RABBITMQ_CONSUMER,
  RABBITMQ_PUBLISHER,
} from "../../contract/names.ts";

const ALL: readonly string[] = [...PUBLISHERS, RABBITMQ_PUBLISHER];

export function isPublisher(consumer: string): consumer is PublisherName | typeof RABBITMQ_PUBLISHER {
  return ALL.includes(consumer);
}

const BROKERS = [
  { name: "Kafka", consumers: ["publish-to-kafka", KAFKA_CONSUMER] },
  { name: "RabbitMQ", consumers: [RABBITMQ_PUBLISHER, RABBITMQ_CONSUMER] },
] as const;

/** Why nothing can be sent to a consumer that has no queue or topic. */
export function noTargetFor(consumer: string): string {
  const broker = BROKERS.find(({ consumers }) => (consumers as readonly string[]).includes(consumer));
  return broker === undefined
    ? `No queue or topic is configured for ${consumer}.`
    : `${broker.name} is not deployed here, so nothing can be sent to ${consumer}. Deploy ${broker.name}, or discard this message.`;
}
