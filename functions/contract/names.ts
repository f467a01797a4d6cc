import {
  CONSUMER_METRICS,
  CONSUMER_VARIABLES,
  EFFECT_KEYS,
  PARKING_VARIABLE,
  RETRY_ATTRIBUTES,
} from "../middleware/engine-names.ts";

/** Names that stacks and functions share. */

export const SERVICE = "order-events";

/** The readers of the orders table's stream. Each publishes every event to its own backbone. */
export const STREAM_PUBLISHERS = ["publish-events", "publish-to-kafka"] as const;
export type StreamPublisher = (typeof STREAM_PUBLISHERS)[number];

/** Reads bounces and complaints, which are no order events, so it is no declared consumer. Only where mails are deployed. */
export const MAIL_FEEDBACK = "mail-feedback";

/** The functions that exist whichever routes and consumers are declared. The entry is `functions/handlers/<name>.ts`. */
export const SYSTEM_FUNCTIONS = ["publish-events", "dead-letters", "maintenance", MAIL_FEEDBACK] as const;

export type SystemFunctionName = (typeof SYSTEM_FUNCTIONS)[number];

/** Message attributes, headers on Kafka. Subscriptions filter on `type`; the others are set by retries and redrives. */
export const ATTRIBUTES = {
  ...RETRY_ATTRIBUTES,
  type: "type",
  failedKey: "failedKey",
} as const;

/** Partition keys. */
export const TABLE_KEYS = {
  orders: "orderId",
  stock: "sku",
  notifications: "eventId",
  failedMessages: "failedKey",
  effects: EFFECT_KEYS.partition,
} as const;
export const EFFECTS_SORT_KEY = EFFECT_KEYS.sort;
/** Physical names without the deployment's prefix. */
export const TABLE_NAMES = {
  orders: "orders",
  stock: "stock",
  notifications: "notifications",
  failedMessages: "failed-messages",
  effects: "effects",
} as const satisfies Record<keyof typeof TABLE_KEYS, string>;
/**
 * The index of unfinished orders: a row has its partition key only as long as it is one. Index and attributes are named after
 * the PENDING ones, because another name replaces the index of a deployed table.
 */
export const UNFINISHED_ORDERS = {
  indexName: "pending",
  partitionKey: "pendingShard",
  sortKey: "createdAt",
  /** `<since>` or `<since>/<when maintenance last looked at the order>`; absent for an order that waits since its creation. */
  waits: "checkedAt",
} as const;
/** The index of all orders of a customer, with the setting `ordersByCustomer`. */
export const ORDERS_BY_CUSTOMER = {
  indexName: "byCustomer",
  partitionKey: "customerId",
  sortKey: "createdAt",
} as const;
/** Metric names, in the CloudWatch namespace `order-events`. Times are in milliseconds, the age of a pause in seconds. */
export const METRICS = {
  ...CONSUMER_METRICS,
  published: "mq.messages.published",
  openFailedMessages: "mq.failed-messages.open",
  publishFailed: "mq.publish.failed",
  kafkaPublishFailed: "mq.kafka.publish.failed",
  rabbitmqPublishFailed: "mq.rabbitmq.publish.failed",
  publishThrottled: "mq.publish.throttled",
  mailsThrottled: "mq.mails.throttled",
  mailsRejected: "mq.mails.rejected",
  /** In the namespace of the deployment. */
  apiThrottled: "mq.api.throttled",
  unfinishedOrders: "mq.orders.pending",
  pauseAge: "mq.consumers.pause-age",
  maintenanceRuns: "mq.maintenance.runs",
} as const;

/** Environment variables. Each is set by the grant of the permission that it needs. */
export const ENV = {
  ...CONSUMER_VARIABLES,
  service: "SERVICE",
  ordersTable: "ORDERS_TABLE",
  stockTable: "STOCK_TABLE",
  notificationsTable: "NOTIFICATIONS_TABLE",
  failedMessagesTable: "FAILED_MESSAGES_TABLE",
  effectsTable: "EFFECTS_TABLE",
  topicArn: "TOPIC_ARN",
  /** 0 disables expiry. */
  maxAgeSeconds: "MAX_AGE_SECONDS",
  /** Streams: a record that fails and is older than this is parked instead of retried. */
  giveUpAfterSeconds: "GIVE_UP_AFTER_SECONDS",
  /** Kafka: each failure of a record older than this stores its error, since no other attempt may follow. */
  mayBeLastAfterSeconds: "MAY_BE_LAST_AFTER_SECONDS",
  /** Admission: the queue whose length is the backlog, and the limit of the backlog. */
  backlogQueueUrl: "BACKLOG_QUEUE_URL",
  backlogLimit: "BACKLOG_LIMIT",
  /** JSON: `{"namespace": "...", "name": "...", "dimensions": {...}}`: the backlog where the queues process no orders. */
  backlogMetric: "BACKLOG_METRIC",
  /** JSON: a list of `DeadLetterSource`. */
  deadLetterSources: "DEAD_LETTER_SOURCES",
  /** Comma-separated seconds: the delay before each retry from a dead-letter queue. */
  dlqRetryDelaysSeconds: "DLQ_RETRY_DELAYS_SECONDS",
  /** JSON: consumer → URL of its source queue, for redrives. */
  sourceQueues: "SOURCE_QUEUES",
  mailSender: "MAIL_SENDER",
  mailConfigurationSet: "MAIL_CONFIGURATION_SET",
  parkingQueueUrl: PARKING_VARIABLE,
  /** Milliseconds between two mails of one instance. */
  mailIntervalMs: "MAIL_INTERVAL_MS",
  /** In its place at low rates: between two mails of all instances together. */
  sharedMailIntervalMs: "SHARED_MAIL_INTERVAL_MS",
  /** Comma-separated `host:port`. */
  kafkaBrokers: "KAFKA_BROKERS",
  kafkaTopic: "KAFKA_TOPIC",
  /** `iam`: TLS and IAM tokens. `plaintext`: neither, for a broker on a loopback address. */
  kafkaSecurity: "KAFKA_SECURITY",
  /** `amqps://host:port/vhost`; with credentials only for a broker on a loopback address. */
  rabbitmqUrl: "RABBITMQ_URL",
  /** ARN of a secret with `username` and `password`. */
  rabbitmqSecret: "RABBITMQ_SECRET",
  /** Comma-separated seconds: the delays of the retry queues of RabbitMQ. */
  retryQueueDelaysSeconds: "RETRY_QUEUE_DELAYS_SECONDS",
  crashedBatchesBucket: "CRASHED_BATCHES_BUCKET",
  /** How long a retried or redriven message may have no outcome before its row is opened. */
  returnWithinSeconds: "RETURN_WITHIN_SECONDS",
  /** Set where the table of orders has their index by customer. */
  ordersByCustomer: "ORDERS_BY_CUSTOMER",
  /** How long an order may be unfinished before maintenance counts it and publishes its event again. */
  maxPendingSeconds: "MAX_PENDING_SECONDS",
  /** JSON: a list of `Pausable`. */
  pausableConsumers: "PAUSABLE_CONSUMERS",
} as const;

/** The environment variable with the physical name of a consumer's own table: `TABLE_POINTS` for `points`. */
export function ownTableVariable(table: string): string {
  return `TABLE_${table.toUpperCase().replaceAll("-", "_")}`;
}
