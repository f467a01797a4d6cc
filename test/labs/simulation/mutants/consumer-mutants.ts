import { DONE, DUPLICATE, type Outcome } from "../../../../functions/middleware/outcome.ts";
import type { Transport } from "../../../../functions/middleware/transport.ts";
import type { SqsRecord } from "../../../../functions/middleware/transports/sqs.ts";
import {
  NOTHING_KNOWN,
  type OrderLines,
  outcomesOf,
  planReservations,
  type ReservationPlan,
} from "../../../../functions/orders/domain/plan-reservations.ts";
import type { OrderStockStore } from "../../../../functions/orders/ports/order-stock-store.ts";
import { commitInGroups, orderLinesOf, reserveStock } from "../../../../functions/orders/reserve-stock.ts";
import type { Mutant } from "../simulated-system.ts";
import { inHandlers, inParts } from "./mutant.ts";
import { ORDER_STOCK_MUTANTS } from "./order-stock-mutants.ts";

const BOTH = ["order-created", "order-cancelled"] as const;
const [blindOrderStockStore] = ORDER_STOCK_MUTANTS;

function inTransport(
  name: string,
  wrong: (sqs: Transport<SqsRecord>) => Partial<Transport<SqsRecord>>,
): Mutant {
  return inParts(name, ({ transportOf }) => ({
    transportOf(consumer, queueUrl) {
      const sqs = transportOf(consumer, queueUrl);
      return { ...sqs, ...wrong(sqs) };
    },
  }));
}

function withOrderStockStore(
  name: string,
  wrong: (orderStockStore: OrderStockStore) => Partial<OrderStockStore>,
): Mutant {
  return inParts(name, ({ handlers, ports }) => {
    const orderStockStore = { ...ports.orderStockStore, ...wrong(ports.orderStockStore) };
    return { handlers: { ...handlers, "order-created": reserveStock({ orderStockStore }) } };
  });
}

/** Mutants of a consumer's batch and response. */
export const CONSUMER_MUTANTS: readonly Mutant[] = [
  {
    ...(blindOrderStockStore ?? { name: "" }),
    ...inParts("duplicates are detected by message id", () => {
      const seen = new Set<string>();
      return {
        around: (_, handler) => async (event, context) => {
          const { Records } = event as { Records: readonly { messageId?: string }[] };
          const fresh = Records.filter(({ messageId }) => messageId === undefined || !seen.has(messageId));
          const response = await handler({ Records: fresh }, context);
          for (const { messageId } of fresh) if (messageId !== undefined) seen.add(messageId);
          return response;
        },
      };
    }),
  },
  inHandlers("an event is recorded before its effect", BOTH, (handle) => {
    const seen = new Set<string>();
    return async (events, deadline) => {
      const fresh = events.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      const outcomes = await handle(fresh, deadline);
      return events.map((event) => outcomes[fresh.indexOf(event)] ?? DUPLICATE);
    };
  }),
  {
    ...(blindOrderStockStore ?? { name: "" }),
    ...inHandlers("an event is recorded after its effect", ["order-created"], (handle) => {
      const seen = new Set<string>();
      return async (events, deadline) => {
        const fresh = events.filter(({ id }) => !seen.has(id));
        const outcomes = await handle(fresh, deadline);
        for (const { id } of fresh) seen.add(id);
        return events.map((event) => outcomes[fresh.indexOf(event)] ?? DUPLICATE);
      };
    }),
  },
  withOrderStockStore("a conflict counts as success", (orderStockStore) => ({
    reserve: (plan, deadline) => orderStockStore.reserve(plan, deadline).catch(() => ({ kind: "committed" })),
  })),
  withOrderStockStore("a condition that failed counts as success", (orderStockStore) => ({
    async reserve(plan, deadline) {
      const commit = await orderStockStore.reserve(plan, deadline);
      return commit.kind === "refused" ? { kind: "committed" } : commit;
    },
  })),
  withOrderStockStore("an invalid request counts as success", (orderStockStore) => ({
    async reserve(plan, deadline) {
      const commit = await orderStockStore.reserve(plan, deadline);
      return commit.kind === "invalid" ? { kind: "committed" } : commit;
    },
  })),
  inParts("a group rejects an order that would fit", ({ handlers, ports }) => ({
    handlers: {
      ...handlers,
      "order-created": (events, deadline) =>
        commitInGroups<ReservationPlan>(
          {
            plan(orders, known) {
              const plan = planReservations(orders, known);
              const [short] = plan.reject;
              if (short === undefined) return plan;
              const { sku } = short.reason;
              const wants = ({ lines }: OrderLines) => lines.some((line) => line.sku === sku);
              const also = plan.confirm.filter(wants).map((order) => ({ order, reason: short.reason }));
              const confirm = plan.confirm.filter((order) => !wants(order));
              const take = planReservations(confirm, NOTHING_KNOWN).take;
              return { ...plan, confirm, reject: [...plan.reject, ...also], take };
            },
            writes: ({ confirm, reject }) => confirm.length + reject.length > 0,
            commit: (plan, deadline) => ports.orderStockStore.reserve(plan, deadline),
            outcomes: outcomesOf,
            splitsOn: () => false,
          },
          events.map(orderLinesOf),
          deadline,
        ),
    },
  })),
  inHandlers(
    "a retry counts as done",
    BOTH,
    (handle) => async (events, deadline) =>
      (await handle(events, deadline)).map((outcome): Outcome => (outcome.kind === "retry" ? DONE : outcome)),
  ),
  inParts("a poison fails its whole batch", ({ decode }) => ({
    decode(raw) {
      const content = decode(raw);
      if (content.kind === "malformed") throw new Error("This is not an event.");
      return content;
    },
  })),
  inParts("a poison is retried like any failure", ({ failureLogOf }) => ({
    failureLogOf: (name) => ({
      ...failureLogOf(name),
      park: () => Promise.reject(new Error("Only the dead-letter queue parks.")),
    }),
  })),
  inTransport("the response names the wrong records", () => ({
    response: (records, failed) => ({
      batchItemFailures: failed.map((raw) => ({
        itemIdentifier: records[(records.indexOf(raw) + 1) % records.length]?.messageId,
      })),
    }),
  })),
  inTransport("the response names no failures", () => ({ response: () => ({ batchItemFailures: [] }) })),
  inTransport("age is that of the event, not of the message", () => ({
    sentAt: (raw) => Date.parse((JSON.parse(raw.body) as { time: string }).time),
  })),
  inTransport("a redriven message expires", () => ({ isRetriedOrRedriven: () => false })),
];
