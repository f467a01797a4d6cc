import { rabbitCopies } from "../adapters/rabbitmq-exchange.ts";
import { RABBITMQ, RABBITMQ_CONSUMER, RABBITMQ_QUEUE_NAMES } from "../contract/broker-names.ts";
import { consumer } from "../middleware/consumer.ts";
import { rabbitmq } from "../middleware/transports/rabbitmq.ts";
import { retryThroughQueues } from "../middleware/transports/rabbitmq-retries.ts";
import { decodeRabbitRecord, parseRabbitRecord } from "../orders/decode-record.ts";
import { processOrderEvents } from "../orders/process-order-events.ts";
import { releaseStock } from "../orders/release-stock.ts";
import { reserveStock } from "../orders/reserve-stock.ts";
import { clock, integerVariable, serviceOptions } from "./wiring/environment.ts";
import { failureLogOnFirstUse, orderStockStore } from "./wiring/event-consumer.ts";
import { publisherOfEnvironment, retryQueueDelays } from "./wiring/rabbitmq-broker-access.ts";

/** RabbitMQ's queues → stock is held or released, as by order-created and order-cancelled. */
const ports = { orderStockStore: orderStockStore() };
const { attempts } = RABBITMQ;
/** Milliseconds after the batch in which failed messages are put into retry queues. */
const RETRY_MS = 2_000;

export const handler = retryThroughQueues(
  consumer({
    name: RABBITMQ_CONSUMER,
    transport: rabbitmq({ attempts }),
    parse: parseRabbitRecord,
    decode: decodeRabbitRecord,
    handle: { many: processOrderEvents({ reserve: reserveStock(ports), release: releaseStock(ports) }) },
    failureLog: failureLogOnFirstUse(),
    ...serviceOptions,
    settings: { maxAgeSeconds: integerVariable("maxAgeSeconds", 0), reserveMs: RETRY_MS },
  }),
  {
    copies: rabbitCopies(publisherOfEnvironment()),
    names: RABBITMQ_QUEUE_NAMES,
    clock,
    attempts,
    delaysSeconds: retryQueueDelays(),
  },
);
