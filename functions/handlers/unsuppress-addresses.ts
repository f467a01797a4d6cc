import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbSuppressions } from "../adapters/dynamodb-suppressions.ts";
import { isUnsuppress } from "../contract/operator-validators.js";
import { unsuppressAddress } from "../orders/unsuppress-address.ts";
import { auditAs, clock, environment } from "./wiring/environment.ts";
import { orderHttp } from "./wiring/order-http.ts";

/** POST /mails/unsuppress */
const { notificationsTable } = environment("notificationsTable");
const suppressions = dynamoDbSuppressions(dynamoDbClient(), notificationsTable);
const unsuppress = unsuppressAddress({ suppressions, clock, audit: auditAs("operator") });

export const handler = orderHttp<"unsuppress-addresses">({
  "POST /mails/unsuppress": async (request) => ({
    status: 200,
    body: await unsuppress(request.json(isUnsuppress), request.caller),
  }),
});
