import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { eventConsumer, failurePorts, ledger } from "../compose.ts";
import { releaseStock } from "../use-cases/release-stock.ts";

/** order.cancelled → what the order held is available again. */
const client = dynamoDbClient();
export const handler = eventConsumer(
  "order-cancelled",
  releaseStock({ ledger: ledger(client) }),
  failurePorts(client),
);
