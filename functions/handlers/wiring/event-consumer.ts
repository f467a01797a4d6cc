import { dynamoDbClient } from "../../adapters/dynamodb-client.ts";
import { dynamoDbOrderStockStore } from "../../adapters/dynamodb-order-stock-store.ts";
import { sqsQueues } from "../../adapters/sqs-queues.ts";
import type { ConsumerDeclaration } from "../../consumers/define-consumer.ts";
import type { OrderEvent } from "../../contract/schemas.ts";
import { consumer } from "../../middleware/consumer.ts";
import type { FailureLog } from "../../middleware/failure-log.ts";
import type { Outcome } from "../../middleware/outcome.ts";
import { sqs } from "../../middleware/transports/sqs.ts";
import { checkEvent, parseText } from "../../orders/decode-event.ts";
import { ignoreOtherTypes } from "../../orders/ignore-other-types.ts";
import { clock, environment, integerVariable, serviceOptions } from "./environment.ts";

/** The Lambda handler of a declared consumer, with settings from the environment. It acts on its own event types only. */
export function eventConsumer(
  { name, on, access }: ConsumerDeclaration,
  handle: (events: readonly OrderEvent[], deadline: number) => Promise<readonly Outcome[]>,
) {
  const { queueUrl } = environment("queueUrl");
  const queues = sqsQueues();
  return consumer({
    name,
    transport: sqs({
      maxReceiveCount: integerVariable("maxReceiveCount", 5),
      backOff: { queues, queueUrl },
      ...(access.includes("mail") && { enqueue: (message) => queues.send({ queueUrl, ...message }) }),
    }),
    parse: (raw) => parseText(raw.body),
    decode: (_, parsed) => checkEvent(parsed),
    handle: { many: ignoreOtherTypes(on, handle) },
    failureLog: failureLogOnFirstUse(),
    ...serviceOptions,
    // Short: a longer outage is for the retries from the dead-letter queue.
    settings: { maxAgeSeconds: integerVariable("maxAgeSeconds", 0), firstBackOffSeconds: 2 },
  });
}

export function orderStockStore() {
  const { ordersTable, stockTable } = environment("ordersTable", "stockTable");
  return dynamoDbOrderStockStore(dynamoDbClient(), { orders: ordersTable, stock: stockTable }, clock);
}

/**
 * The failed-message store, loaded at the first failure: most instances never have one. A missing environment variable
 * is reported at the start.
 */
export function failureLogOnFirstUse(): FailureLog {
  environment("failedMessagesTable");
  let loaded: Promise<FailureLog> | undefined;
  const load = () => {
    loaded ??= import("./failure-ports.ts").then(({ failureLogOfEnvironment }) => failureLogOfEnvironment());
    return loaded;
  };
  return {
    park: async (...facts) => (await load()).park(...facts),
    lastAttemptFailed: async (...facts) => (await load()).lastAttemptFailed(...facts),
    resolve: async (message) => (await load()).resolve(message),
  };
}
