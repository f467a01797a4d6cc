import { type Operators, operators } from "../../functions/compose/operators.ts";
import type { QueueConsumer } from "../../functions/contract/names.ts";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import { eventOfChange } from "../../functions/domain/order.ts";
import type { Outcome } from "../../functions/domain/outcome.ts";
import type { RedriveJob } from "../../functions/domain/redrive-job.ts";
import type { RepublishJob } from "../../functions/domain/republish-job.ts";
import { decodeEvent } from "../../functions/middleware/decode-event.ts";
import type { Decoded } from "../../functions/middleware/decoded.ts";
import { isOutage } from "../../functions/middleware/outage.ts";
import type { Transport } from "../../functions/middleware/transport.ts";
import { dynamoDbStream, type StreamRecord } from "../../functions/middleware/transports/dynamodb-stream.ts";
import { type SqsRecord, sqs } from "../../functions/middleware/transports/sqs.ts";
import type { Clock } from "../../functions/ports/clock.ts";
import type { CrashedBatches } from "../../functions/ports/crashed-batches.ts";
import type { FailedMessages } from "../../functions/ports/failed-messages.ts";
import type { FailureLog } from "../../functions/ports/failure-log.ts";
import type { Jobs } from "../../functions/ports/jobs.ts";
import type { Ledger } from "../../functions/ports/ledger.ts";
import type { Mailer } from "../../functions/ports/mailer.ts";
import type { Notifications } from "../../functions/ports/notifications.ts";
import type { OrderSearch } from "../../functions/ports/order-search.ts";
import type { Orders } from "../../functions/ports/orders.ts";
import type { Topic } from "../../functions/ports/publisher.ts";
import type { Queues } from "../../functions/ports/queues.ts";
import type { Stock } from "../../functions/ports/stock.ts";
import { admission } from "../../functions/use-cases/admission.ts";
import { cancelOrder } from "../../functions/use-cases/cancel-order.ts";
import { drainDeadLetters } from "../../functions/use-cases/drain-dead-letters.ts";
import { notifyCustomer } from "../../functions/use-cases/notify-customer.ts";
import { placeOrder } from "../../functions/use-cases/place-order.ts";
import { publishTransitions } from "../../functions/use-cases/publish-transitions.ts";
import { type FailurePorts, failureLog } from "../../functions/use-cases/record-failure.ts";
import { releaseStock } from "../../functions/use-cases/release-stock.ts";
import { republishParked } from "../../functions/use-cases/republish-parked.ts";
import { reserveStock } from "../../functions/use-cases/reserve-stock.ts";
import { type JobPorts, runRedrives } from "../../functions/use-cases/run-redrives.ts";
import { type RepublishPorts, runRepublishes } from "../../functions/use-cases/run-republishes.ts";
import { countStock } from "../../functions/use-cases/stock.ts";
import { sweepFailedMessages } from "../../functions/use-cases/sweep-failed-messages.ts";
import type { QueueOwner } from "./cloud/consumers.ts";
import { imagesOf } from "./cloud/stream.ts";
import type { KafkaParts } from "./kafka-parts.ts";

/** Everything outside the code, as ports whose every call is a step of the scheduler. */
export interface Ports {
  readonly orders: Orders;
  readonly stock: Stock;
  readonly ledger: Ledger;
  readonly notifications: Notifications;
  readonly failedMessages: FailedMessages;
  readonly publisher: Topic;
  readonly mailer: Mailer;
  readonly queues: Queues;
  readonly crashedBatches: CrashedBatches;
  readonly redriveJobs: Jobs<RedriveJob>;
  readonly republishJobs: Jobs<RepublishJob>;
  readonly orderSearch: OrderSearch;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Takes the audit lines of operators' acts. */
  readonly audit: (act: Readonly<Record<string, unknown>>) => void;
}

export type HandleMany<M> = (messages: readonly M[], deadline: number) => Promise<readonly Outcome[]>;
export type LambdaHandler = (
  event: unknown,
  context: { getRemainingTimeInMillis(): number },
) => Promise<unknown>;

/** What the functions are made of. A mutant exchanges one of them. */
export interface Parts {
  readonly ports: Ports;
  readonly failures: FailurePorts;
  readonly failureLogOf: (name: string) => FailureLog;
  readonly handlers: Readonly<Record<QueueConsumer, HandleMany<OrderEvent>>>;
  readonly place: ReturnType<typeof placeOrder>;
  readonly cancel: ReturnType<typeof cancelOrder>;
  readonly count: ReturnType<typeof countStock>;
  readonly publish: ReturnType<typeof publishTransitions>;
  readonly drain: ReturnType<typeof drainDeadLetters>;
  readonly republish: ReturnType<typeof republishParked>;
  readonly sweep: ReturnType<typeof sweepFailedMessages>;
  readonly redrives: ReturnType<typeof runRedrives>;
  readonly republishes: ReturnType<typeof runRepublishes>;
  readonly jobPorts: JobPorts & RepublishPorts;
  readonly operations: Operators;
  readonly decode: (raw: SqsRecord) => Decoded<OrderEvent>;
  readonly eventOf: (images: StreamRecord["dynamodb"]) => OrderEvent | undefined;
  readonly transportOf: (name: QueueConsumer, queueUrl: string) => Transport<SqsRecord>;
  readonly streamTransport: Transport<StreamRecord>;
  /** Absent where queues alone process. */
  readonly kafka: KafkaParts | undefined;
  /** Goes around a whole function. */
  readonly around: (name: string, handler: LambdaHandler) => LambdaHandler;
}

export const CONSUMER_TIMEOUT_MS = 30_000;
export const MAX_RECEIVE_COUNT = 5;
export const REDRIVE_DELAYS_SECONDS = [30, 240, 900] as const;

/** The address of a consumer's queue. */
export function queueUrlOf(name: QueueOwner): string {
  return `https://sqs/${name}`;
}

/** The parts as functions/handlers puts them together. */
export function partsOf(
  ports: Ports,
  options: {
    readonly backlogLimit: number;
    readonly owners: readonly QueueOwner[];
    readonly kafka: KafkaParts | undefined;
  },
): Parts {
  const { backlogLimit, owners, kafka } = options;
  const { orders, ledger, notifications, failedMessages, publisher, mailer, queues, clock, newId } = ports;
  const failures: FailurePorts = { failedMessages, clock, newId, returnWithinSeconds: 3_600 };
  const sourceQueues = {
    ...Object.fromEntries(owners.map((name) => [name, queueUrlOf(name)])),
    // Both of Kafka's settlers are reached by one queue: what it gets goes to the topic again.
    ...(kafka === undefined ? {} : { "order-events-kafka": queueUrlOf("publish-to-kafka") }),
  };
  const jobPorts: JobPorts & RepublishPorts = {
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
    handlers: {
      "order-created": reserveStock({ ledger }),
      "order-cancelled": releaseStock({ ledger }),
      "notify-customer": notifyCustomer({ orders, notifications, mailer, clock }),
    },
    place: placeOrder({
      orders,
      admission: admission(
        { backlog: () => queues.backlog(queueUrlOf("order-created")), clock },
        backlogLimit,
      ),
      clock,
    }),
    cancel: cancelOrder({ orders, clock }),
    count: countStock({ stock: ports.stock }),
    publish: publishTransitions({ publisher, clock }),
    drain: drainDeadLetters({ queues, failedMessages, clock, delaysSeconds: REDRIVE_DELAYS_SECONDS }),
    republish: republishParked({ ...failures, publisher, queues, sourceQueues }),
    sweep: sweepFailedMessages({ ...failures, orders, notifications }),
    redrives: runRedrives(jobPorts),
    republishes: runRepublishes(jobPorts),
    jobPorts,
    operations: operators(jobPorts),
    decode: (raw) => decodeEvent(raw.body),
    eventOf: (images) => {
      const { before, after } = imagesOf(images);
      return eventOfChange(before, after);
    },
    transportOf: (_name, queueUrl) =>
      sqs({ maxReceiveCount: MAX_RECEIVE_COUNT, backOff: { queues, queueUrl } }),
    streamTransport: dynamoDbStream(),
    kafka,
    around: (_name, handler) => handler,
  };
}
