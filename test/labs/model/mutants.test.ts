import { expect, test } from "vitest";
import { ORDER_STOCK_MUTANTS } from "../simulation/mutants/order-stock-mutants.ts";
import type { Mutant } from "../simulation/simulated-system.ts";
import { plant } from "./plant-mutant.ts";
import { runModel } from "./run-model.ts";

const RUNS = 400;
const SEED = 1;

/** Mutants of the contract of a store. */
const STORE_MUTANTS: readonly Mutant[] = [
  {
    name: "every claim of a mail is granted",
    tables: (tables) => ({
      ...tables,
      notifications: { ...tables.notifications, claim: async () => "claimed" },
    }),
  },
  {
    name: "a failed message is reported as stored, and is not",
    tables: (tables) => ({ ...tables, failedMessages: { ...tables.failedMessages, put: async () => true } }),
  },
  {
    name: "a cancel of a confirmed order is accepted, and is not written",
    tables: (tables) => ({
      ...tables,
      orders: {
        ...tables.orders,
        async move(orderId, to, now) {
          const order = tables.rows.orders.get(orderId);
          if (order?.status !== "CONFIRMED") return tables.orders.move(orderId, to, now);
          return { kind: "found", order: { ...order, status: to, version: order.version + 1 } };
        },
      },
    }),
  },
];

const mutants = [...ORDER_STOCK_MUTANTS, ...STORE_MUTANTS].flatMap(({ name, tables }) =>
  tables === undefined ? [] : [{ name, tables }],
);

test.each(mutants)("the model fails for a mutant: $name", async ({ tables }) => {
  const { failed } = await runModel({
    runs: RUNS,
    seed: SEED,
    isShrunk: false,
    change: (system) => plant(system, tables),
  });

  expect(failed).toBe(true);
});

test("the model fails for a topic that reports refused events as published", async () => {
  const { failed } = await runModel({
    runs: RUNS,
    seed: SEED,
    isShrunk: false,
    change({ rig }) {
      const { publish } = rig.publisher;
      rig.publisher.publish = async (events) =>
        (await publish(events)).map(() => ({ kind: "published" }) as const);
    },
  });

  expect(failed).toBe(true);
});

test("the counterexample of a mutant is shrunk to two commands", async () => {
  const [place] = ORDER_STOCK_MUTANTS.filter(
    ({ name }) => name === "an order is placed over an existing one",
  );

  const { counterexample } = await runModel({
    runs: RUNS,
    seed: SEED,
    change: (system) => plant(system, place?.tables ?? ((tables) => tables)),
  });

  const [commands] = counterexample ?? [[]];
  expect([...(commands ?? [])].map(String)).toHaveLength(2);
});
