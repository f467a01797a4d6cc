import { existsSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { checkDeclaration } from "../../../functions/consumers/check-declaration.ts";
import {
  CONSUMER_NAMES,
  CONSUMERS,
  FUNCTIONS,
  isQueueConsumer,
} from "../../../functions/consumers/consumers.ts";
import { type ConsumerDeclaration, defineConsumer } from "../../../functions/consumers/define-consumer.ts";
import { ownTableVariable, SYSTEM_FUNCTIONS } from "../../../functions/contract/names.ts";
import { effectOnceOf } from "../../../functions/handlers/wiring/effect-once-of.ts";
import { ownTables } from "../../../functions/handlers/wiring/own-tables.ts";
import { BROKER_BUNDLES } from "../../../lib/constructs/bundle.ts";
import { TABLES } from "../../../lib/settings/existing-tables.ts";

const declared: readonly ConsumerDeclaration[] = CONSUMERS;
const [effect] = declared.map((each) => each.effect);
if (effect === undefined) throw new Error("No consumer is declared.");
const good = {
  name: "award-points",
  does: "Awards points.",
  on: ["order.confirmed"],
  alsoByBrokers: false,
  access: [],
  tables: [{ name: "points", partitionKey: "customerId", sortKey: "orderId", ttl: "expiresAt" }],
  effect,
} as const satisfies ConsumerDeclaration;

afterEach(() => vi.unstubAllEnvs());

describe("declarations", () => {
  test("have unique names", () => {
    const names = [...CONSUMER_NAMES, ...SYSTEM_FUNCTIONS, ...Object.values(BROKER_BUNDLES).flat()];
    // These two are consumers and functions of the system.
    const others = names.filter((name) => !declared.some((each) => each.name === name));

    expect(new Set(declared.map(({ name }) => name)).size).toBe(declared.length);
    expect(others.length).toBe(names.length - declared.length);
  });

  test("have tables and variables with unique names", () => {
    const own = declared.flatMap(({ tables = [] }) => tables);
    const physical = declared.flatMap(({ name, tables = [] }) =>
      tables.map((each) => `${name}-${each.name}`),
    );

    expect(new Set(TABLES).size).toBe(TABLES.length);
    expect(TABLES).toEqual(expect.arrayContaining(physical));
    for (const { tables = [] } of declared)
      expect(new Set(tables.map(({ name }) => ownTableVariable(name))).size).toBe(tables.length);
    expect(own.every(({ partitionKey }) => partitionKey.length > 0)).toBe(true);
  });
});

describe("checkDeclaration", () => {
  test("accepts a declaration, which defineConsumer returns unchanged", () => {
    expect(defineConsumer(good)).toEqual(good);
    expect(() => checkDeclaration(good)).not.toThrow();
  });

  test.each([
    ["a name with capitals", { name: "Points" }, /consumer's name.*received "Points"/],
    [
      "a table's name with a slash",
      { tables: [{ name: "a/b", partitionKey: "id" }] },
      /table of award-points.*"a\/b"/,
    ],
    [
      "two tables of one name",
      { tables: [good.tables[0], { name: "points", partitionKey: "id" }] },
      /two tables "points"/,
    ],
    [
      "an empty key",
      { tables: [{ name: "points", partitionKey: "" }] },
      /table points of award-points.*received ""/,
    ],
    [
      "one attribute for both keys",
      { tables: [{ name: "points", partitionKey: "id", sortKey: "id" }] },
      /different attributes; received id, id/,
    ],
    ["a batch of eleven", { batch: { size: 11 } }, /batch.size of award-points.*maximum 10; received 11/],
    ["a window of minus one", { batch: { windowSeconds: -1 } }, /batch.windowSeconds.*minimum 0/],
    ["one invocation at a time", { batch: { maxConcurrency: 1 } }, /batch.maxConcurrency.*minimum 2/],
    ["half a second", { timeoutSeconds: 3.5 }, /timeoutSeconds of award-points is a whole number.*3.5/],
  ])("refuses %s, and names the value", (_, changed, message) => {
    expect(() => checkDeclaration({ ...good, ...changed })).toThrow(RangeError);
    expect(() => checkDeclaration({ ...good, ...changed })).toThrow(message);
  });
});

test("the list of consumers does not load with a declaration that cannot be deployed", async () => {
  const path = "../../../functions/consumers/order-created/consumer.ts";
  vi.resetModules();
  vi.doMock(path, () => ({ orderCreated: { ...good, name: "Points" } }));

  await expect(import("../../../functions/consumers/consumers.ts")).rejects.toThrow(/received "Points"/);

  vi.doUnmock(path);
  // Test files of one worker share modules: without this, the failed load would be the next file's.
  vi.resetModules();
});

test("a handler that uses what its declaration lacks does not compile", () => {
  const { access: _, tables: __, ...others } = good;
  const once = defineConsumer({ ...others, access: ["effect-once", "orders"] });
  const without = defineConsumer({ ...others, access: ["orders"] });
  const empty = defineConsumer({ ...others, access: [] });
  const uses = [
    () => effectOnceOf(once),
    // @ts-expect-error: the declaration has no access effect-once.
    () => effectOnceOf(without),
    // @ts-expect-error: the declaration has no access.
    () => effectOnceOf(empty),
    // @ts-expect-error: the declaration has no tables.
    () => ownTables(empty).points,
  ];

  expect(uses).toHaveLength(4);
});

test.each(FUNCTIONS)("%s has a handler", (name) => {
  const file = isQueueConsumer(name) ? `consumers/${name}/handler.ts` : `handlers/${name}.ts`;

  expect(existsSync(new URL(`../../../functions/${file}`, import.meta.url)), file).toBe(true);
});

describe("ownTables", () => {
  test("gives the physical name of each table", () => {
    vi.stubEnv("TABLE_POINTS", "order-events-dev-award-points-points");

    expect(ownTables(good)).toEqual({ points: "order-events-dev-award-points-points" });
  });

  test("names all missing variables", () => {
    const two = { ...good, tables: [...good.tables, { name: "point-codes", partitionKey: "code" }] };

    expect(() => ownTables(two)).toThrow("award-points's tables: TABLE_POINTS, TABLE_POINT_CODES.");
  });
});
