import type { EventType } from "./order-status.ts";

/** Names of Kafka and RabbitMQ, and of the functions that are deployed with them only. */

/** The second backbone, where it is deployed. The key of a record is the order's id. */
export const KAFKA = {
  topic: "order-events",
  /** Records that the event source mapping gave up on. */
  deadLetterTopic: "order-events-dlt",
  consumerGroup: "order-processing-group",
  minimumPartitions: 3,
} as const;

/** Its queue leads to the Kafka topic: nothing outside the brokers' network reaches them. */
export const KAFKA_PUBLISHER = "publish-to-kafka";
/** The consumer of the Kafka topic: it does the work of the consumers that Kafka may replace. */
export const KAFKA_CONSUMER = "order-events-kafka";

/** Functions that are deployed only with Kafka. */
export const KAFKA_FUNCTIONS = [KAFKA_PUBLISHER, KAFKA_CONSUMER, "kafka-dead-letters"] as const;
export type KafkaFunctionName = (typeof KAFKA_FUNCTIONS)[number];

/** The publisher and the consumer of RabbitMQ. The publisher reads a queue of the topic, not the stream. */
export const RABBITMQ_PUBLISHER = "publish-to-rabbitmq";
export const RABBITMQ_CONSUMER = "order-events-rabbitmq";
/** Functions that are deployed only with RabbitMQ. */
export const RABBITMQ_FUNCTIONS = [RABBITMQ_PUBLISHER, RABBITMQ_CONSUMER, "rabbitmq-dead-letters"] as const;
/** Functions of a broker's stack. */
export const BROKER_FUNCTIONS = { kafka: KAFKA_FUNCTIONS, rabbitmq: RABBITMQ_FUNCTIONS } as const;
export type BrokerFunctionName = (typeof BROKER_FUNCTIONS)[keyof typeof BROKER_FUNCTIONS][number];

/** The third backbone, where it is deployed. The names are those of the guide. */
export const RABBITMQ = {
  exchange: "order.exchange",
  /** The queue of each event type, bound to the exchange with the type as its key. Other types are not published. */
  queues: {
    "order.created": "order.queue",
    "order.cancelled": "order.cancelled.queue",
  } satisfies Partial<Record<EventType, string>>,
  /** Takes expired messages, and those that were delivered too often. */
  deadLetterExchange: "order.dlx",
  deadLetterQueue: "order.dlq",
  /** A message whose attempt of this number fails is parked. */
  attempts: 3,
} as const;

export const RABBITMQ_QUEUES: readonly string[] = Object.values(RABBITMQ.queues);
/** The types that are published to RabbitMQ. */
export const RABBITMQ_EVENT_TYPES = Object.keys(RABBITMQ.queues) as readonly (keyof typeof RABBITMQ.queues)[];

const SUSPECT = ".suspect";

/** The queue in which messages of `queue` wait for so many seconds: a broker expires only the head of a queue. */
export const retryQueue = (queue: string, seconds: number): string => `${queue}.retry.${seconds}s`;
/** The queue of messages that may have crashed the function. */
export const suspectQueue = (queue: string): string => `${queue}${SUSPECT}`;
/** The queue that a suspect came from; `undefined` for a queue of another kind. */
export const queueOfSuspects = (queue: string): string | undefined =>
  queue.endsWith(SUSPECT) ? queue.slice(0, -SUSPECT.length) : undefined;

/** The names of the queues beside a queue, as the transport takes them. */
export const RABBITMQ_QUEUE_NAMES = {
  retry: retryQueue,
  suspects: suspectQueue,
  ofSuspects: queueOfSuspects,
};
