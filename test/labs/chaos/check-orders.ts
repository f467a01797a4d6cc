import { deliveriesOf, placesOf, wasSettled } from "./deliveries.ts";
import type { Check, Facts } from "./final-state.ts";

/** Nothing that was accepted is lost, and nothing was taken twice. */
export const ORDER_CHECKS: readonly ((facts: Facts) => Check)[] = [
  function everyAcceptedOrderIsThere({ told, orders }) {
    const ids = [...told.accepted].flatMap(([key, ids]) => [...ids].map((id) => ({ key, id })));
    return {
      name: "every accepted order has its row",
      looked: ids.length,
      breaches: ids.filter(({ id }) => !orders.has(id)).map(({ key, id }) => `${key}: no row ${id}`),
    };
  },
  function oneOrderForEachKey({ told }) {
    const many = [...told.accepted].filter(([, ids]) => ids.size !== 1);
    const distinct = new Set([...told.accepted.values()].flatMap((ids) => [...ids]));
    const shared = told.accepted.size - distinct.size;
    return {
      name: "each Idempotency-Key made one order, each order has one key",
      looked: told.accepted.size,
      breaches: [
        ...many.map(([key, ids]) => `${key} made ${[...ids].join(" and ")}`),
        ...(many.length === 0 && shared !== 0 ? [`${shared} keys share an order`] : []),
      ],
    };
  },
  function noOrderOfNobody({ told, orders }) {
    const known = new Set([...told.accepted.values()].flatMap((ids) => [...ids]));
    return {
      name: "every order was answered to a client",
      looked: orders.size,
      breaches: [...orders.keys()].filter((id) => !known.has(id)),
    };
  },
  function cancelledStaysCancelled({ told, orders }) {
    return {
      name: "every accepted cancel shows on its order",
      looked: told.cancelled.size,
      breaches: [...told.cancelled]
        .filter((id) => orders.get(id)?.status !== "CANCELLED")
        .map((id) => `${id} is ${orders.get(id)?.status}`),
    };
  },
  function eachEventInOnePlace(facts) {
    const deliveries = [...deliveriesOf(facts.orders.values())];
    return {
      name: "every event is in exactly one place, for each of its consumers",
      looked: deliveries.length,
      breaches: deliveries.flatMap((delivery) => {
        const places = placesOf(delivery, facts);
        if (places.length === 1) return [];
        return [`${delivery.consumer} ${delivery.eventId}: ${places.join(" and ") || "lost"}`];
      }),
    };
  },
  function eachEventSettled(facts) {
    const deliveries = [...deliveriesOf(facts.orders.values())];
    return {
      name: "every event was finished by each of its consumers, or the store holds why not",
      looked: deliveries.length,
      breaches: deliveries
        .filter((delivery) => !wasSettled(delivery, facts))
        .map(({ consumer, eventId }) => `${consumer} never finished ${eventId}`),
    };
  },
  function answersAsDocumented({ told }) {
    return {
      name: "the API gave no answer that it does not document",
      looked: told.accepted.size,
      breaches: told.surprises,
    };
  },
];
