import type { QueueConsumer } from "../../../functions/consumers/consumers.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { retryDeadLetters } from "../../../functions/failures/dead-letters/retry-dead-letters.ts";
import { type JobPorts, runJobs } from "../../../functions/failures/jobs/run-jobs.ts";
import { retryParkedEvents } from "../../../functions/failures/maintenance/retry-parked-events.ts";
import { sweepFailedMessages } from "../../../functions/failures/maintenance/sweep-failed-messages.ts";
import { watchUnfinishedOrders } from "../../../functions/failures/maintenance/watch-unfinished-orders.ts";
import type { CrashedBatches } from "../../../functions/failures/ports/crashed-batches.ts";
import type { FailedMessageStore } from "../../../functions/failures/ports/failed-message-store.ts";
import type { JobStore } from "../../../functions/failures/ports/job-store.ts";
import { type FailurePorts, failureLog } from "../../../functions/failures/record-failure.ts";
import {
  type MessageOperations,
  messageOperations,
} from "../../../functions/handlers/wiring/failed-message-routes.ts";
import { type JobOperations, jobOperations } from "../../../functions/handlers/wiring/job-routes.ts";
import type { Clock } from "../../../functions/middleware/clock.ts";
import type { EffectMarks, EffectOnce } from "../../../functions/middleware/effect-once.ts";
import type { FailureLog } from "../../../functions/middleware/failure-log.ts";
import { isOutage } from "../../../functions/middleware/http.ts";
import type { Outcome } from "../../../functions/middleware/outcome.ts";
import type { Decoded, Transport } from "../../../functions/middleware/transport.ts";
import {
  dynamoDbStream,
  type StreamRecord,
} from "../../../functions/middleware/transports/dynamodb-stream.ts";
import { type SqsRecord, sqs } from "../../../functions/middleware/transports/sqs.ts";
import { decodeEvent } from "../../../functions/orders/decode-event.ts";
import { eventOfChange } from "../../../functions/orders/domain/order.ts";
import { admission, moveOrder, placeOrder } from "../../../functions/orders/order-commands.ts";
import type { Mailer, MailPace } from "../../../functions/orders/ports/mailer.ts";
import type { Notifications } from "../../../functions/orders/ports/notifications.ts";
import type { OrderScan } from "../../../functions/orders/ports/order-scan.ts";
import type { OrderStockStore } from "../../../functions/orders/ports/order-stock-store.ts";
import type { OrderStore } from "../../../functions/orders/ports/order-store.ts";
import type { StockStore } from "../../../functions/orders/ports/stock-store.ts";
import type { Suppressions } from "../../../functions/orders/ports/suppressions.ts";
import type { UnfinishedOrders } from "../../../functions/orders/ports/unfinished-orders.ts";
import { countStock } from "../../../functions/orders/stock-counts.ts";
import type { Topic } from "../../../functions/publishing/ports/publisher.ts";
import type { Queues } from "../../../functions/publishing/ports/queues.ts";
import { publishTransitions } from "../../../functions/publishing/publish-transitions.ts";
import { BROKERS, ofEachConsumer, type QueueOwner } from "./cloud/consumers.ts";
import { imagesOf } from "./cloud/stream.ts";
import { effectOf } from "./effects.ts";
import type { KafkaParts } from "./kafka-parts.ts";
import type { RabbitParts } from "./rabbitmq-parts.ts";

/** The ports of the functions. Each call of a port is a step of the scheduler. */
export interface Ports {
  readonly orders: OrderStore;
  readonly stock: StockStore;
  readonly orderStockStore: OrderStockStore;
  readonly notifications: Notifications;
  readonly suppressions: Suppressions;
  readonly failedMessages: FailedMessageStore;
  readonly publisher: Topic;
  readonly mailer: Mailer;
  readonly pace: MailPace;
  readonly queues: Queues;
  readonly crashedBatches: CrashedBatches;
  readonly jobs: JobStore;
  readonly orderScan: OrderScan;
  readonly unfinishedOrders: UnfinishedOrders;
  readonly effectOnceOf: (consumer: string) => EffectOnce;
  readonly effectMarks: EffectMarks;
  /** Events that a consumer without a visible effect handled, as `<consumer> <event id>`. */
  readonly handled: Set<string>;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Receives the audit lines of operator actions. */
  readonly audit: (act: Readonly<Record<string, unknown>>) => void;
}

export type HandleMany<M> = (messages: readonly M[], deadline: number) => Promise<readonly Outcome[]>;
export type LambdaHandler = (
  event: unknown,
  context: { getRemainingTimeInMillis(): number },
) => Promise<unknown>;

/** The parts of the functions. A mutant exchanges one of them. */
export interface Parts {
  readonly ports: Ports;
  readonly failures: FailurePorts;
  readonly failureLogOf: (name: string) => FailureLog;
  readonly handlers: Readonly<Record<QueueConsumer, HandleMany<OrderEvent>>>;
  readonly place: ReturnType<typeof placeOrder>;
  readonly cancel: ReturnType<typeof moveOrder>;
  readonly count: ReturnType<typeof countStock>;
  readonly publish: ReturnType<typeof publishTransitions>;
  readonly retryDeadLetter: ReturnType<typeof retryDeadLetters>;
  readonly retryParked: ReturnType<typeof retryParkedEvents>;
  readonly sweepFailed: ReturnType<typeof sweepFailedMessages>;
  readonly watchUnfinished: ReturnType<typeof watchUnfinishedOrders>;
  readonly jobs: ReturnType<typeof runJobs>;
  readonly jobPorts: JobPorts;
  readonly operations: MessageOperations & JobOperations;
  readonly decode: (raw: SqsRecord) => Decoded<OrderEvent>;
  readonly eventOf: (images: StreamRecord["dynamodb"]) => OrderEvent | undefined;
  readonly transportOf: (name: QueueConsumer, queueUrl: string) => Transport<SqsRecord>;
  readonly streamTransport: Transport<StreamRecord>;
  /** Absent where the broker is not deployed. */
  readonly kafka: KafkaParts | undefined;
  readonly rabbitmq: RabbitParts | undefined;
  /** Wraps a whole function. */
  readonly around: (name: string, handler: LambdaHandler) => LambdaHandler;
}

export const CONSUMER_TIMEOUT_MS = 30_000;
export const MAX_RECEIVE_COUNT = 5;
export const MAX_PENDING_SECONDS = 300;
export const DLQ_RETRY_DELAYS_SECONDS = [30, 240, 900] as const;

/** URL of a consumer's queue. */
export function queueUrlOf(name: QueueOwner): string {
  return `https://sqs/${name}`;
}

/** The parts as functions/handlers wires them. */
export function partsOf(
  ports: Ports,
  options: {
    readonly backlogLimit: number;
    readonly owners: readonly QueueOwner[];
    readonly kafka: KafkaParts | undefined;
    readonly rabbitmq: RabbitParts | undefined;
  },
): Parts {
  const { backlogLimit, owners, kafka, rabbitmq } = options;
  const { orders, notifications, failedMessages, publisher, queues, clock, newId } = ports;
  const failures: FailurePorts = { failedMessages, clock, newId, returnWithinSeconds: 3_600 };
  const sourceQueues = {
    ...Object.fromEntries(owners.map((name) => [name, queueUrlOf(name)])),
    // A redrive for the consumer of a broker goes through the queue of its publisher.
    ...Object.fromEntries(
      Object.values(BROKERS)
        .filter(({ publisher }) => owners.includes(publisher))
        .map(({ consumer, publisher }) => [consumer, queueUrlOf(publisher)]),
    ),
  };
  const jobPorts: JobPorts = {
    ...ports,
    ...failures,
    sourceQueues,
    decode: decodeEvent,
    isOutage,
  };
  return {
    ports,
    failures,
    failureLogOf: () => failureLog(failures),
    handlers: ofEachConsumer((name) => effectOf(name).handle(ports)),
    place: placeOrder({
      orders,
      admission: admission(
        { backlog: () => queues.backlog(queueUrlOf("order-created")), clock },
        backlogLimit,
      ),
      clock,
    }),
    cancel: moveOrder({ orders, clock }, "CANCELLED"),
    count: countStock({ stock: ports.stock }),
    publish: publishTransitions({ publisher, clock }),
    retryDeadLetter: retryDeadLetters({
      ...failures,
      queues,
      delaysSeconds: DLQ_RETRY_DELAYS_SECONDS,
      audit: ports.audit,
    }),
    retryParked: retryParkedEvents({ ...failures, publisher, queues, sourceQueues, audit: ports.audit }),
    sweepFailed: sweepFailedMessages({
      ...failures,
      orders,
      notifications,
      effectMarks: ports.effectMarks,
      audit: ports.audit,
    }),
    watchUnfinished: watchUnfinishedOrders({
      ...ports,
      sourceQueues,
      maxPendingSeconds: MAX_PENDING_SECONDS,
      pausedEventTypes: async () => [],
    }),
    jobs: runJobs(jobPorts),
    jobPorts,
    operations: { ...messageOperations(jobPorts), ...jobOperations(jobPorts) },
    decode: (raw) => decodeEvent(raw.body),
    eventOf: (images) => {
      const { before, after } = imagesOf(images);
      return eventOfChange(before, after);
    },
    transportOf: (_name, queueUrl) =>
      sqs({ maxReceiveCount: MAX_RECEIVE_COUNT, backOff: { queues, queueUrl } }),
    streamTransport: dynamoDbStream(),
    kafka,
    rabbitmq,
    around: (_name, handler) => handler,
  };
}
