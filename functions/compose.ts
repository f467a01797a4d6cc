import { randomUUID } from "node:crypto";
import { dynamoDbClient } from "./adapters/dynamodb-client.ts";
import { dynamoDbFailedMessages } from "./adapters/dynamodb-failed-messages.ts";
import { dynamoDbLedger } from "./adapters/dynamodb-ledger.ts";
import { sqsQueues } from "./adapters/sqs-queues.ts";
import { systemClock } from "./adapters/system-clock.ts";
import { type QueueConsumer, SERVICE, SUBSCRIPTIONS } from "./contract/names.ts";
import type { OrderEvent } from "./contract/schemas.ts";
import type { Outcome } from "./domain/outcome.ts";
import { environment, integer, optional } from "./env.ts";
import { consumer } from "./middleware/consumer.ts";
import { checkEvent, parseText } from "./middleware/decode-event.ts";
import { sqs } from "./middleware/transports/sqs.ts";
import { ignoreOtherTypes } from "./use-cases/ignore-other-types.ts";
import { type FailurePorts, failureLog } from "./use-cases/record-failure.ts";

/** What most functions share. Each part is made once for a function instance. */
export const clock = systemClock;
export const newId = (): string => randomUUID();

/** Value of the dimension `service` on metrics. */
export const service = optional("service") ?? SERVICE;

/** One write for all lines of a batch; console.log would put a prefix before each, and metrics could not be read. */
export function write(text: string): void {
  process.stdout.write(text);
}

/** The failed-message store and what it needs beside it. */
export function failurePorts(client = dynamoDbClient()): FailurePorts {
  const { failedMessagesTable } = environment("failedMessagesTable");
  return {
    failedMessages: dynamoDbFailedMessages(client, failedMessagesTable),
    clock,
    newId,
    returnWithinSeconds: integer("returnWithinSeconds", 3_600),
  };
}

/** A consumer of order events from its own queue, settings from the environment. */
export function eventConsumer(
  name: QueueConsumer,
  handle: (events: readonly OrderEvent[], deadline: number) => Promise<readonly Outcome[]>,
  failures: FailurePorts,
) {
  const { queueUrl } = environment("queueUrl");
  return consumer({
    name,
    transport: sqs({
      maxReceiveCount: integer("maxReceiveCount", 5),
      backOff: { queues: sqsQueues(), queueUrl },
    }),
    parse: (raw) => parseText(raw.body),
    decode: (_, parsed) => checkEvent(parsed),
    handle: { many: ignoreOtherTypes(SUBSCRIPTIONS[name], handle) },
    failureLog: failureLog(failures),
    clock,
    service,
    write,
    settings: { maxAgeSeconds: integer("maxAgeSeconds", 0) },
  });
}

/** Orders and stock, changed together. */
export function ledger(client = dynamoDbClient()) {
  const { ordersTable, stockTable } = environment("ordersTable", "stockTable");
  return dynamoDbLedger(client, { orders: ordersTable, stock: stockTable }, clock);
}
