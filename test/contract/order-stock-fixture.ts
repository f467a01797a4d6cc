import { dynamoDbOrderStockStore } from "../../functions/adapters/dynamodb-order-stock-store.ts";
import { dynamoDbOrderStore } from "../../functions/adapters/dynamodb-order-store.ts";
import { dynamoDbStockStore } from "../../functions/adapters/dynamodb-stock-store.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
import { NOTHING_KNOWN, planReservations } from "../../functions/orders/domain/plan-reservations.ts";
import type { OrderStockStore } from "../../functions/orders/ports/order-stock-store.ts";
import type { OrderStore } from "../../functions/orders/ports/order-store.ts";
import type { StockStore } from "../../functions/orders/ports/stock-store.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { NOW } from "../fixtures/events.ts";
import type { Database } from "./services.ts";

/** The order and stock store, and the two ports that read its effects. */
export interface OrderStockFixture {
  readonly orderStockStore: OrderStockStore;
  readonly orders: OrderStore;
  readonly stock: StockStore;
}

/** The clock of the fixture, and a deadline by it. */
export const clock = fakeClock(NOW);
export const later = (): number => clock.now() + 2_000;

/** The plan that confirms orders without known rows. */
export const plan = (...orders: Order[]) => planReservations(orders, NOTHING_KNOWN);

/** A fixture over its own tables. */
export async function openOrderStockFixture(db: Database): Promise<OrderStockFixture> {
  const tables = { orders: await db.table("orders"), stock: await db.table("stock") };
  return {
    orderStockStore: dynamoDbOrderStockStore(db.client, tables, clock),
    orders: dynamoDbOrderStore(db.client, tables.orders, clock),
    stock: dynamoDbStockStore(db.client, tables.stock, clock),
  };
}
