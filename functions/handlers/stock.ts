import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbStockStore } from "../adapters/dynamodb-stock-store.ts";
import { isCountStock } from "../contract/request-validators.js";
import { countStock, readStock } from "../orders/stock-counts.ts";
import { clock, environment } from "./wiring/environment.ts";
import { orderHttp } from "./wiring/order-http.ts";

/** GET and PUT /stock/{sku} */
const { stockTable } = environment("stockTable");
const stock = dynamoDbStockStore(dynamoDbClient(), stockTable, clock);
const read = readStock({ stock });
const count = countStock({ stock });

export const handler = orderHttp<"stock">({
  "GET /stock/{sku}": async (request) => ({ status: 200, body: await read(request.parameter("sku")) }),
  "PUT /stock/{sku}": async (request) => {
    const { onHand } = request.json(isCountStock);
    return { status: 200, body: await count(request.parameter("sku"), onHand) };
  },
});
