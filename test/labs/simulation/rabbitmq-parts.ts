import { rabbitCopies, rabbitExchange } from "../../../functions/adapters/rabbitmq-exchange.ts";
import type { RabbitPublisher } from "../../../functions/adapters/rabbitmq-publisher.ts";
import {
  RABBITMQ,
  RABBITMQ_CONSUMER,
  RABBITMQ_PUBLISHER,
  RABBITMQ_QUEUE_NAMES,
} from "../../../functions/contract/broker-names.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import {
  deadLetterExchange,
  deadMessageDecoder,
  retryDeadMessage,
} from "../../../functions/failures/dead-letters/dead-letter-exchange.ts";
import type { Clock } from "../../../functions/middleware/clock.ts";
import { consumer } from "../../../functions/middleware/consumer.ts";
import type { Transport } from "../../../functions/middleware/transport.ts";
import { type RabbitRecord, rabbitmq } from "../../../functions/middleware/transports/rabbitmq.ts";
import {
  type RabbitCopies,
  type RetryOptions,
  retryThroughQueues,
} from "../../../functions/middleware/transports/rabbitmq-retries.ts";
import { allOrNothing } from "../../../functions/middleware/wrap-handler.ts";
import { decodeRabbitRecord, parseRabbitRecord } from "../../../functions/orders/decode-record.ts";
import { processOrderEvents } from "../../../functions/orders/process-order-events.ts";
import { RETRY_QUEUE_DELAYS_SECONDS } from "./cloud/rabbitmq-queue.ts";
import type { LambdaHost } from "./engine/lambda-host.ts";
import { currentInvocation } from "./engine/scheduler.ts";
import type { HandleMany, LambdaHandler, Parts } from "./parts.ts";
import { type QueuePublisherParts, queuePublisherOf, queuePublisherParts } from "./queue-publisher.ts";

/** The parts of the RabbitMQ functions. A mutant exchanges one of them. */
export interface RabbitParts extends QueuePublisherParts {
  readonly transport: Transport<RabbitRecord>;
  /** Puts copies into queues, for both functions that read. */
  readonly copies: RabbitCopies;
  /** Wraps the function that reads the queues of events. */
  readonly retrying: (handler: LambdaHandler, options: RetryOptions) => LambdaHandler;
  /** Wraps the function that reads the dead-letter queue. */
  readonly deadLetters: (handler: LambdaHandler) => LambdaHandler;
  readonly retryDead: typeof retryDeadMessage;
  /** Wraps the handler of a batch. */
  readonly observed: (handle: HandleMany<OrderEvent>) => HandleMany<OrderEvent>;
}

export function rabbitPartsOf(
  publisher: RabbitPublisher,
  clock: Clock,
  observed: RabbitParts["observed"],
): RabbitParts {
  return {
    ...queuePublisherParts(RABBITMQ_PUBLISHER, rabbitExchange(publisher, RABBITMQ.exchange, clock)),
    transport: rabbitmq({ attempts: RABBITMQ.attempts }),
    copies: rabbitCopies(publisher),
    retrying: retryThroughQueues,
    deadLetters: allOrNothing,
    retryDead: retryDeadMessage,
    observed,
  };
}

/** R5: some messages crash the function each time. */
export function crashedBy(
  handle: HandleMany<OrderEvent>,
  host: LambdaHost,
  killers: ReadonlySet<string>,
): HandleMany<OrderEvent> {
  return (events, deadline) => {
    const invocation = currentInvocation.getStore();
    const isKilled = killers.size > 0 && events.some((event) => killers.has(JSON.stringify(event)));
    if (!isKilled || invocation === undefined) return handle(events, deadline);
    host.crash(invocation);
    return new Promise(() => {});
  };
}

export interface RabbitFunctions {
  readonly publishToRabbit: LambdaHandler;
  readonly orderEventsRabbit: LambdaHandler;
  readonly rabbitDeadLetters: LambdaHandler;
}

/** The RabbitMQ functions as functions/handlers wires them. */
export function rabbitFunctionsOf(
  parts: Parts,
  rabbit: RabbitParts,
  settings: { readonly maxAgeSeconds: number; readonly write: (text: string) => void },
): RabbitFunctions {
  const { clock, audit } = parts.ports;
  const { write, maxAgeSeconds } = settings;
  const { transport, copies, retrying, deadLetters, retryDead, observed } = rabbit;
  const { "order-created": reserve, "order-cancelled": release } = parts.handlers;
  const { attempts } = RABBITMQ;
  const delaysSeconds = RETRY_QUEUE_DELAYS_SECONDS;
  return {
    publishToRabbit: parts.around(
      RABBITMQ_PUBLISHER,
      queuePublisherOf(parts, RABBITMQ_PUBLISHER, rabbit, write),
    ),
    orderEventsRabbit: parts.around(
      RABBITMQ_CONSUMER,
      retrying(
        consumer({
          name: RABBITMQ_CONSUMER,
          transport,
          parse: parseRabbitRecord,
          decode: decodeRabbitRecord,
          handle: { many: observed(processOrderEvents({ reserve, release })) },
          failureLog: parts.failureLogOf(RABBITMQ_CONSUMER),
          clock,
          write,
          settings: { maxAgeSeconds, reserveMs: 2_000 },
        }),
        { copies, names: RABBITMQ_QUEUE_NAMES, clock, attempts, delaysSeconds },
      ),
    ),
    rabbitDeadLetters: parts.around(
      "rabbitmq-dead-letters",
      deadLetters(
        consumer({
          name: "rabbitmq-dead-letters",
          transport: deadLetterExchange(),
          decode: deadMessageDecoder(RABBITMQ_CONSUMER),
          handle: {
            one: retryDead({ ...parts.failures, orders: parts.ports.orders, copies, delaysSeconds, audit }),
          },
          failureLog: parts.failureLogOf("rabbitmq-dead-letters"),
          clock,
          write,
        }),
      ),
    ),
  };
}
