/** The names that what is provisioned and what runs have to agree on. */

export const SERVICE = "order-events";

/** Facts about an order. One is emitted for each status transition of an order row. */
export const EVENT_TYPES = ["order.created", "order.cancelled", "order.confirmed", "order.rejected"] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** The consumers behind a queue of their own, and the event types each subscribes to. */
export const SUBSCRIPTIONS = {
  "order-created": ["order.created"],
  "order-cancelled": ["order.cancelled"],
  "notify-customer": ["order.confirmed", "order.rejected", "order.cancelled"],
} as const satisfies Record<string, readonly EventType[]>;
export type QueueConsumer = keyof typeof SUBSCRIPTIONS;

/** Whatever acknowledges events: the queue consumers, the publishers that read the stream, and the Kafka consumer. */
export const CONSUMERS = [
  "order-created",
  "order-cancelled",
  "notify-customer",
  "publish-events",
  "publish-to-kafka",
  "order-events-kafka",
] as const;
export type ConsumerName = (typeof CONSUMERS)[number];

/** The second backbone: the same events by Kafka, where it is deployed. Records have the order's id as their key. */
export const KAFKA = {
  topic: "order-events",
  /** Where the mapping puts records that it gave up on. */
  deadLetterTopic: "order-events-dlt",
  consumerGroup: "order-processing-group",
  minimumPartitions: 3,
} as const;
/** What the Kafka consumer does something about; other types it ignores. */
export const KAFKA_EVENT_TYPES = ["order.created", "order.cancelled"] as const satisfies readonly EventType[];

/** One Lambda function and one bundle each; the entry is `functions/handlers/<name>.ts`. */
export const FUNCTIONS = [
  "place-order",
  "cancel-order",
  "read-order",
  "stock",
  "failed-messages",
  "publish-events",
  "order-created",
  "order-cancelled",
  "notify-customer",
  "dead-letters",
  "maintenance",
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** The functions that are deployed with Kafka only. */
export const KAFKA_FUNCTIONS = ["publish-to-kafka", "order-events-kafka", "kafka-dead-letters"] as const;
export type KafkaFunctionName = (typeof KAFKA_FUNCTIONS)[number];

/** Message attributes, headers on Kafka. SNS filters on `type`; the other three travel only on copies that were sent again. */
export const ATTRIBUTES = {
  type: "type",
  dlqRetryCount: "dlqRetryCount",
  redriveId: "redriveId",
  failedKey: "failedKey",
} as const;

/** Partition keys, and the index by which failed messages are listed and found overdue. */
export const TABLE_KEYS = {
  orders: "orderId",
  stock: "sku",
  notifications: "eventId",
  failedMessages: "failedKey",
} as const;
export const FAILED_BY_STATUS = {
  indexName: "byStatus",
  partitionKey: "status",
  sortKey: "dueAt",
} as const;
/** What failed messages can be chosen by, in the API and on the command line. */
export const FAILED_FILTERS = ["consumer", "type", "reason", "fingerprint", "from", "to"] as const;
/** Redrives of many messages are rows of the failed-message table: `job#<id>`, a key that no message can have. */
export const REDRIVE_JOB_PREFIX = "job#";
/** And so are jobs that publish the latest event of orders again: `republish#<id>`. */
export const REPUBLISH_JOB_PREFIX = "republish#";
/** Of the rows in which walks through the open messages keep their place. */
export const CURSOR_PREFIX = "cursor#";
/** Epoch seconds after which DynamoDB may delete a settled failed-message row. */
export const FAILED_TTL_ATTRIBUTE = "expiresAt";

/** Metric names, in the CloudWatch namespace `order-events`. Times are in milliseconds. */
export const METRICS = {
  published: "mq.messages.published",
  received: "mq.messages.received",
  consumed: "mq.messages.consumed",
  duplicate: "mq.messages.duplicate",
  ignored: "mq.messages.ignored",
  failed: "mq.messages.failed",
  parked: "mq.messages.parked",
  processingTime: "mq.processing.time",
  messageAge: "mq.message.age",
  openFailedMessages: "mq.failed-messages.open",
  publishFailed: "mq.publish.failed",
} as const;

/** Environment variables, each set by the same right of the stacks that grants the permission it needs. */
export const ENV = {
  service: "SERVICE",
  ordersTable: "ORDERS_TABLE",
  stockTable: "STOCK_TABLE",
  notificationsTable: "NOTIFICATIONS_TABLE",
  failedMessagesTable: "FAILED_MESSAGES_TABLE",
  topicArn: "TOPIC_ARN",
  /** URL of the queue this consumer reads, for the visibility back-off. */
  queueUrl: "QUEUE_URL",
  maxReceiveCount: "MAX_RECEIVE_COUNT",
  /** 0 switches expiry off. */
  maxAgeSeconds: "MAX_AGE_SECONDS",
  /** Streams: a record older than this is parked instead of reported. */
  giveUpAfterSeconds: "GIVE_UP_AFTER_SECONDS",
  /** The topic: each failure of a record older than this leaves its error, since no other may follow. */
  mayBeLastAfterSeconds: "MAY_BE_LAST_AFTER_SECONDS",
  /** Admission: the queue whose length is looked at, and how long it may get. */
  backlogQueueUrl: "BACKLOG_QUEUE_URL",
  backlogLimit: "BACKLOG_LIMIT",
  /** JSON: `{"cluster": "...", "topic": "...", "group": "..."}`, whose lag is the backlog where Kafka alone processes. */
  backlogKafka: "BACKLOG_KAFKA",
  /** JSON: `[{"arn": "<dead-letter queue>", "consumer": "...", "queueUrl": "<source queue>"}]`. */
  deadLetterSources: "DEAD_LETTER_SOURCES",
  /** Comma-separated seconds: the delay before each resend from a dead-letter queue. */
  dlqRetryDelaysSeconds: "DLQ_RETRY_DELAYS_SECONDS",
  /** JSON: consumer → URL of its source queue, for operators who send messages again. */
  sourceQueues: "SOURCE_QUEUES",
  mailSender: "MAIL_SENDER",
  /** Comma-separated `host:port`. */
  kafkaBrokers: "KAFKA_BROKERS",
  kafkaTopic: "KAFKA_TOPIC",
  /** `iam`: TLS and IAM tokens. `plaintext`: neither, for a broker on this machine. */
  kafkaSecurity: "KAFKA_SECURITY",
  crashedBatchesBucket: "CRASHED_BATCHES_BUCKET",
  /** How long a message that was sent again may take to come back before its row is opened. */
  returnWithinSeconds: "RETURN_WITHIN_SECONDS",
} as const;
