import { dynamoDbClient } from "../../adapters/dynamodb-client.ts";
import { dynamoDbOrderStockStore } from "../../adapters/dynamodb-order-stock-store.ts";
import { systemClock } from "../../middleware/clock.ts";
import { environment } from "./environment.ts";

export function orderStockStore() {
  const { ordersTable, stockTable } = environment("ordersTable", "stockTable");
  return dynamoDbOrderStockStore(dynamoDbClient(), { orders: ordersTable, stock: stockTable }, systemClock);
}
