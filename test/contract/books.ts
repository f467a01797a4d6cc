import { dynamoDbLedger } from "../../functions/adapters/dynamodb-ledger.ts";
import { dynamoDbOrders } from "../../functions/adapters/dynamodb-orders.ts";
import { dynamoDbStock } from "../../functions/adapters/dynamodb-stock.ts";
import type { Order } from "../../functions/domain/order.ts";
import { NOTHING_KNOWN, planReservations } from "../../functions/domain/reserve.ts";
import type { Ledger } from "../../functions/ports/ledger.ts";
import type { Orders } from "../../functions/ports/orders.ts";
import type { Stock } from "../../functions/ports/stock.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { NOW } from "../fixtures/events.ts";
import type { Database } from "./services.ts";

/** The ledger, and the two ports that show what it did. */
export interface Books {
  readonly ledger: Ledger;
  readonly orders: Orders;
  readonly stock: Stock;
}

/** The clock of the books, and a deadline by it. */
export const clock = fakeClock(NOW);
export const later = (): number => clock.now() + 2_000;

/** What confirms orders of which nothing is known. */
export const plan = (...orders: Order[]) => planReservations(orders, NOTHING_KNOWN);

/** Books over tables of their own. */
export async function booksIn(db: Database): Promise<Books> {
  const tables = { orders: await db.table("orders"), stock: await db.table("stock") };
  return {
    ledger: dynamoDbLedger(db.client, tables, clock),
    orders: dynamoDbOrders(db.client, tables.orders, clock),
    stock: dynamoDbStock(db.client, tables.stock, clock),
  };
}
