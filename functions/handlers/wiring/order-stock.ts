import { dynamoDbClient } from "../../adapters/dynamodb-client.ts";
import { dynamoDbLedger } from "../../adapters/dynamodb-order-stock-store.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { environment } from "./environment.ts";

/** Orders and stock, changed together. */
export function ledger() {
  const { ordersTable, stockTable } = environment("ordersTable", "stockTable");
  return dynamoDbLedger(dynamoDbClient(), { orders: ordersTable, stock: stockTable }, systemClock);
}
