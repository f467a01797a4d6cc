import type { Mutant } from "../simulated-system.ts";
import { inTables, moveStock, writeOrder } from "./mutant.ts";

/** Mutants of the conditions of writes. */
export const ORDER_STOCK_MUTANTS: readonly Mutant[] = [
  inTables("a reservation ignores the order status", (tables) => ({
    ...tables,
    orderStockStore: {
      ...tables.orderStockStore,
      async reserve(plan, deadline) {
        for (const { orderId } of [...plan.confirm, ...plan.reject.map(({ order }) => order)]) {
          const row = tables.rows.orders.get(orderId);
          if (row === undefined || row.status === "PENDING") continue;
          for (const { sku, quantity } of row.lines) moveStock(tables, sku, quantity);
          writeOrder(tables, { ...row, status: "CONFIRMED", stockHeld: true, version: row.version + 1 });
          return { kind: "committed" };
        }
        return tables.orderStockStore.reserve(plan, deadline);
      },
    },
  })),
  inTables("stock is released twice", (tables) => ({
    ...tables,
    orderStockStore: {
      ...tables.orderStockStore,
      async release({ release, restore }) {
        for (const { orderId } of release) {
          const row = tables.rows.orders.get(orderId);
          if (row !== undefined) writeOrder(tables, { ...row, stockHeld: false });
        }
        for (const [sku, units] of restore) moveStock(tables, sku, -units);
        return { kind: "committed" };
      },
    },
  })),
  inTables("a release counts as a version", (tables) => ({
    ...tables,
    orderStockStore: {
      ...tables.orderStockStore,
      async release(plan, deadline) {
        const commit = await tables.orderStockStore.release(plan, deadline);
        if (commit.kind !== "committed") return commit;
        for (const { orderId } of plan.release) {
          const row = tables.rows.orders.get(orderId);
          if (row !== undefined) writeOrder(tables, { ...row, version: row.version + 1 });
        }
        return commit;
      },
    },
  })),
  inTables("a cancel is not idempotent", (tables, now) => ({
    ...tables,
    orders: {
      ...tables.orders,
      async move(orderId, to) {
        const row = tables.rows.orders.get(orderId);
        if (row === undefined) return { kind: "unknown" };
        const updatedAt = new Date(now()).toISOString();
        const order = { ...row, status: to, version: row.version + 1, updatedAt };
        writeOrder(tables, order);
        return { kind: "found", order };
      },
    },
  })),
  inTables("a cancel marks the stock as released itself", (tables) => ({
    ...tables,
    orders: {
      ...tables.orders,
      async move(orderId, to, now) {
        const before = tables.rows.orders.get(orderId);
        const result = await tables.orders.move(orderId, to, now);
        if (before?.stockHeld !== true || result.kind === "unknown") return result;
        const order = { ...result.order, stockHeld: false };
        writeOrder(tables, order);
        return { ...result, order };
      },
    },
  })),
  inTables("stock is written from an earlier read", (tables) => {
    const read = new Map(tables.rows.stock);
    return {
      ...tables,
      orderStockStore: {
        ...tables.orderStockStore,
        async reserve(plan, deadline) {
          const commit = await tables.orderStockStore.reserve(plan, deadline);
          for (const [sku, units] of commit.kind === "committed" ? plan.take : []) {
            const row = read.get(sku);
            if (row === undefined) continue;
            tables.rows.stock.set(sku, { ...row, available: row.available - units, held: row.held + units });
          }
          for (const [sku, row] of tables.rows.stock) read.set(sku, row);
          return commit;
        },
      },
    };
  }),
  inTables("stock may fall below zero", (tables, now) => ({
    ...tables,
    orderStockStore: {
      ...tables.orderStockStore,
      async reserve({ confirm }) {
        for (const { orderId } of confirm) {
          const row = tables.rows.orders.get(orderId);
          if (row?.status !== "PENDING") return { kind: "refused", images: imagesOf(orderId, row) };
        }
        for (const { orderId, lines } of confirm) {
          const row = tables.rows.orders.get(orderId);
          if (row === undefined) continue;
          const updatedAt = new Date(now()).toISOString();
          writeOrder(tables, { ...row, status: "CONFIRMED", stockHeld: true, version: 2, updatedAt });
          for (const { sku, quantity } of lines) moveStock(tables, sku, quantity);
        }
        return { kind: "committed" };
      },
    },
  })),
  inTables("an order is placed over an existing one", (tables) => ({
    ...tables,
    orders: {
      ...tables.orders,
      async place(order) {
        writeOrder(tables, order);
        return { kind: "placed" };
      },
    },
  })),
  inTables("a count ignores held stock", (tables) => ({
    ...tables,
    stock: {
      ...tables.stock,
      async count(sku, onHand) {
        const held = tables.rows.stock.get(sku)?.held ?? 0;
        const stock = { sku, onHand, held, available: onHand };
        tables.rows.stock.set(sku, stock);
        return { kind: "counted", stock };
      },
    },
  })),
  inTables("stock is taken before the condition of the order is checked", (tables) => ({
    ...tables,
    orderStockStore: {
      ...tables.orderStockStore,
      async reserve(plan, deadline) {
        const commit = await tables.orderStockStore.reserve(plan, deadline);
        if (commit.kind === "refused" && commit.images.stock.size === 0) {
          for (const [sku, units] of plan.take) moveStock(tables, sku, units);
        }
        return commit;
      },
    },
  })),
  inTables("the lines of an event are not compared with those of the order", (tables) => {
    const trusting = <T extends { readonly orderId: string; readonly linesDigest: string }>(order: T): T => ({
      ...order,
      linesDigest: tables.rows.orders.get(order.orderId)?.linesDigest ?? order.linesDigest,
    });
    return {
      ...tables,
      orderStockStore: {
        ...tables.orderStockStore,
        reserve: (plan, deadline) =>
          tables.orderStockStore.reserve({ ...plan, confirm: plan.confirm.map(trusting) }, deadline),
      },
    };
  }),
];

function imagesOf(orderId: string, row: Parameters<typeof writeOrder>[1] | undefined) {
  return { orders: new Map([[orderId, row]]), stock: new Map<string, number | undefined>() };
}
