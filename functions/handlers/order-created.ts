import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { eventConsumer, failurePorts, ledger } from "../compose.ts";
import { reserveStock } from "../use-cases/reserve-stock.ts";

/** order.created → stock is held and the order CONFIRMED, or the order is REJECTED. */
const client = dynamoDbClient();
export const handler = eventConsumer(
  "order-created",
  reserveStock({ ledger: ledger(client) }),
  failurePorts(client),
);
