import { KAFKA_CONSUMER, PUBLISHERS, type PublisherName } from "../../contract/names.ts";

export function isPublisher(consumer: string): consumer is PublisherName {
  return (PUBLISHERS as readonly string[]).includes(consumer);
}

/** Why nothing can be sent to a consumer that has no queue or topic. */
export function noTargetFor(consumer: string): string {
  return consumer === "publish-to-kafka" || consumer === KAFKA_CONSUMER
    ? `Kafka is not deployed here, so nothing can be sent to ${consumer}. Deploy Kafka, or discard this message.`
    : `No queue or topic is configured for ${consumer}.`;
}
