import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbOrderStore } from "../adapters/dynamodb-order-store.ts";
import { dynamoDbSuppressions } from "../adapters/dynamodb-suppressions.ts";
import { isUnsuppress } from "../contract/operator-validators.js";
import { unsuppressAddress } from "../orders/unsuppress-address.ts";
import { auditAs, clock, environment } from "./wiring/environment.ts";
import { orderHttp } from "./wiring/order-http.ts";

/** POST /mails/unsuppress */
const { ordersTable, notificationsTable } = environment("ordersTable", "notificationsTable");
const client = dynamoDbClient();
const unsuppress = unsuppressAddress({
  orders: dynamoDbOrderStore(client, ordersTable, clock),
  suppressions: dynamoDbSuppressions(client, notificationsTable),
  clock,
  audit: auditAs("operator"),
});

export const handler = orderHttp<"unsuppress-addresses">({
  "POST /mails/unsuppress": async (request) => ({
    status: 200,
    body: await unsuppress(request.json(isUnsuppress), request.caller),
  }),
});
