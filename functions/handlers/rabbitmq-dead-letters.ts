import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbOrderStore } from "../adapters/dynamodb-order-store.ts";
import { rabbitCopies } from "../adapters/rabbitmq-exchange.ts";
import { RABBITMQ_CONSUMER } from "../contract/broker-names.ts";
import {
  deadLetterExchange,
  deadMessageDecoder,
  retryDeadMessage,
} from "../failures/dead-letters/dead-letter-exchange.ts";
import { failureLog } from "../failures/record-failure.ts";
import { consumer } from "../middleware/consumer.ts";
import { allOrNothing } from "../middleware/wrap-handler.ts";
import { auditAs, clock, environment, serviceOptions } from "./wiring/environment.ts";
import { failurePorts } from "./wiring/failure-ports.ts";
import { publisherOfEnvironment, retryQueueDelays } from "./wiring/rabbitmq-broker-access.ts";

/** RabbitMQ's dead-letter queue → a retry by the queue of the event's type, or parked. */
const { ordersTable } = environment("ordersTable");
const failures = failurePorts();

export const handler = allOrNothing(
  consumer({
    name: "rabbitmq-dead-letters",
    transport: deadLetterExchange(),
    decode: deadMessageDecoder(RABBITMQ_CONSUMER),
    handle: {
      one: retryDeadMessage({
        ...failures,
        orders: dynamoDbOrderStore(dynamoDbClient(), ordersTable, clock),
        copies: rabbitCopies(publisherOfEnvironment()),
        delaysSeconds: retryQueueDelays(),
        audit: auditAs("rabbitmq-dead-letters"),
      }),
    },
    failureLog: failureLog(failures),
    ...serviceOptions,
  }),
);
