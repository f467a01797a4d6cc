import { deliveriesOf, hasOutcome, locationsOf } from "./deliveries.ts";
import type { Check, FinalState } from "./final-state.ts";

/** No accepted request is lost, and none has its effect twice. */
export const ORDER_CHECKS: readonly ((state: FinalState) => Check)[] = [
  function everyAcceptedOrderIsThere({ reported, orders }) {
    const ids = [...reported.accepted].flatMap(([key, ids]) => [...ids].map((id) => ({ key, id })));
    return {
      name: "every accepted order has its row",
      examined: ids.length,
      violations: ids.filter(({ id }) => !orders.has(id)).map(({ key, id }) => `${key}: no row ${id}`),
    };
  },
  function oneOrderForEachKey({ reported }) {
    const many = [...reported.accepted].filter(([, ids]) => ids.size !== 1);
    const distinct = new Set([...reported.accepted.values()].flatMap((ids) => [...ids]));
    const shared = reported.accepted.size - distinct.size;
    return {
      name: "each Idempotency-Key made one order, each order has one key",
      examined: reported.accepted.size,
      violations: [
        ...many.map(([key, ids]) => `${key} made ${[...ids].join(" and ")}`),
        ...(many.length === 0 && shared !== 0 ? [`${shared} keys share an order`] : []),
      ],
    };
  },
  function noUnreportedOrder({ reported, orders }) {
    const known = new Set([...reported.accepted.values()].flatMap((ids) => [...ids]));
    return {
      name: "every order was reported to a client",
      examined: orders.size,
      violations: [...orders.keys()].filter((id) => !known.has(id)),
    };
  },
  function cancelledStaysCancelled({ reported, orders }) {
    return {
      name: "every accepted cancel shows on its order",
      examined: reported.cancelled.size,
      violations: [...reported.cancelled]
        .filter((id) => orders.get(id)?.status !== "CANCELLED")
        .map((id) => `${id} is ${orders.get(id)?.status}`),
    };
  },
  function eachEventInOnePlace(state) {
    const deliveries = [...deliveriesOf(state.orders.values())];
    return {
      name: "every event is in exactly one place for each of its consumers",
      examined: deliveries.length,
      violations: deliveries.flatMap((delivery) => {
        const locations = locationsOf(delivery, state);
        if (locations.length === 1) return [];
        return [`${delivery.consumer} ${delivery.eventId}: ${locations.join(" and ") || "lost"}`];
      }),
    };
  },
  function eachEventFinished(state) {
    const deliveries = [...deliveriesOf(state.orders.values())];
    return {
      name: "every event has an outcome of each of its consumers, or a row in the store",
      examined: deliveries.length,
      violations: deliveries
        .filter((delivery) => !hasOutcome(delivery, state))
        .map(({ consumer, eventId }) => `${consumer} never finished ${eventId}`),
    };
  },
  function answersAsDocumented({ reported }) {
    return {
      name: "every response of the API is documented",
      examined: reported.accepted.size,
      violations: reported.undocumented,
    };
  },
];
