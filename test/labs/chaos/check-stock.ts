import type { Check, FinalState } from "./final-state.ts";

/** Stock is exact: taken once, released once. */
export const STOCK_CHECKS: readonly ((state: FinalState) => Check)[] = [
  function heldForOrders({ orders, stock }) {
    const held = new Map<string, number>();
    for (const { lines, stockHeld } of orders.values()) {
      if (stockHeld !== true) continue;
      for (const { sku, quantity } of lines) held.set(sku, (held.get(sku) ?? 0) + quantity);
    }
    return {
      name: "held stock is that of the orders",
      examined: stock.length,
      violations: stock
        .filter((row) => row.held !== (held.get(row.sku) ?? 0))
        .map((row) => `${row.sku} holds ${row.held}, its orders ${held.get(row.sku) ?? 0}`),
    };
  },
  function sumsAddUp({ stock }) {
    return {
      name: "onHand = held + available, and neither is below 0",
      examined: stock.length,
      violations: stock
        .filter(({ onHand, held, available }) => onHand !== held + available || held < 0 || available < 0)
        .map((row) => JSON.stringify(row)),
    };
  },
  function asCounted({ stock, counted }) {
    return {
      name: "onHand is that of the last count",
      examined: counted.size,
      violations: [...counted].flatMap(([sku, onHand]) => {
        const row = stock.find((each) => each.sku === sku);
        return row?.onHand === onHand ? [] : [`${sku}: ${row?.onHand}, counted ${onHand}`];
      }),
    };
  },
  function onlyConfirmedHold({ orders, failed }) {
    const wrong = [...orders.values()].filter(({ orderId, status, version, stockHeld }) => {
      const release = `${orderId}:${version}:order.cancelled`;
      const waits = ["order-cancelled", "publish-events"].some(
        (consumer) => failed.get(`${consumer}~${release}`)?.status === "OPEN",
      );
      return (stockHeld === true) !== (status === "CONFIRMED") && !(status === "CANCELLED" && waits);
    });
    return {
      name: "only confirmed orders, and those whose release is in the store, hold stock",
      examined: orders.size,
      violations: wrong.map(({ orderId, status, stockHeld }) => `${orderId} ${status}, held ${stockHeld}`),
    };
  },
  function reservedOnce({ audit }) {
    const reserved = [...audit.entries()].filter(([consumer]) => consumer === "order-created");
    return {
      name: "no order was reserved or rejected by two messages",
      examined: reserved.length,
      violations: reserved
        .filter(([, , { done = 0 }]) => done > 1)
        .map(([, eventId, { done }]) => `${eventId} was done ${done} times`),
    };
  },
];
