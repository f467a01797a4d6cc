import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbEffectMarks, dynamoDbEffectOnce } from "../../functions/adapters/dynamodb-effect-once.ts";
import { EFFECTS_SORT_KEY, TABLE_KEYS } from "../../functions/contract/names.ts";
import {
  type EffectMarks,
  type EffectOnce,
  type EffectWrite,
  type Row,
  rowOf,
} from "../../functions/middleware/effect-once.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { memoryEffects } from "../fakes/memory-effects.ts";
import { NOW } from "../fixtures/events.ts";
import { type ClientFaults, clientFaults } from "./client-faults.ts";
import { type Database, database } from "./services.ts";

/** The port with a table of its own, whose rows are read past it. */
interface Fixture {
  readonly table: string;
  effectOnceOf(consumer: string): EffectOnce;
  readonly effectMarks: EffectMarks;
  rowAt(key: EffectWrite["key"]): Promise<Row | undefined>;
}

const LATER = NOW + 2_000;
const key = { customerId: "c", orderId: "o" };

function describeEffectOnce(name: string, make: () => Promise<Fixture>): void {
  describe(`effect once ${name}`, () => {
    let fixture: Fixture;
    let effectOnce: EffectOnce;
    let award: EffectWrite;
    beforeEach(async () => {
      fixture = await make();
      effectOnce = fixture.effectOnceOf("award-points");
      award = { kind: "update", table: fixture.table, key, add: { points: 5 } };
    });
    const put = (row: Row, when?: EffectWrite["when"]): EffectWrite => ({
      kind: "put",
      table: fixture.table,
      key,
      row,
      ...(when && { when }),
    });
    const apply = (eventId: string, ...writes: EffectWrite[]) => effectOnce.apply(eventId, writes, LATER);

    test("an event has its effect at the first call; every later call is a duplicate", async () => {
      expect(await apply("e", award)).toEqual({ kind: "done" });
      expect(await apply("e", award)).toEqual({ kind: "duplicate" });
      expect(await apply("e")).toEqual({ kind: "duplicate" });

      expect(await fixture.rowAt(key)).toEqual({ ...key, points: 5 });
    });

    test("B1: of ten concurrent calls exactly one is done", async () => {
      const results = await Promise.all(Array.from({ length: 10 }, () => apply("e", award)));

      expect(results.map(({ kind }) => kind).sort()).toEqual(["done", ...Array(9).fill("duplicate")]);
      expect(await fixture.rowAt(key)).toMatchObject({ points: 5 });
    });

    test("concurrent events that add to one row lose nothing", async () => {
      const results = await Promise.all(Array.from({ length: 10 }, (_, i) => apply(`e${i}`, award)));

      expect(results).toEqual(Array(10).fill({ kind: "done" }));
      expect(await fixture.rowAt(key)).toMatchObject({ points: 50 });
    });

    test("events and consumers have effects of their own", async () => {
      await apply("e", award);

      expect(await apply("f", award)).toEqual({ kind: "done" });
      expect(await fixture.effectOnceOf("send-gift").apply("e", [award], LATER)).toEqual({ kind: "done" });
      expect(await fixture.rowAt(key)).toMatchObject({ points: 15 });
    });

    test("a failed condition refuses the whole effect, with the row, and leaves no mark", async () => {
      const other = { customerId: "c", orderId: "other" };
      await apply("before", put({ points: 1 }));

      const result = await apply(
        "e",
        { kind: "update", table: fixture.table, key: other, set: { points: 9 } },
        put({ points: 2 }, { exists: false }),
      );

      expect(result).toEqual({ kind: "refused", refusals: [{ index: 1, row: { ...key, points: 1 } }] });
      expect(await fixture.rowAt(other)).toBeUndefined();
      expect(await fixture.effectMarks.consumersOf("e")).toEqual(new Set());
      expect(await apply("e", award)).toEqual({ kind: "done" });
    });

    test("a condition on a row that does not exist refuses without a row", async () => {
      expect(await apply("e", put({}, { equals: { state: "open" } }))).toEqual({
        kind: "refused",
        refusals: [{ index: 0, row: undefined }],
      });
    });

    test("a duplicate is no refusal, although its effect changed what the condition is about", async () => {
      const once = put({ points: 1 }, { exists: false });
      await apply("e", once);

      expect(await apply("e", once)).toEqual({ kind: "duplicate" });
    });

    test.each<[string, EffectWrite["when"], boolean]>([
      ["exists", { exists: true }, true],
      ["does not exist", { exists: false }, false],
      ["equals text", { equals: { state: "open" } }, true],
      ["equals other text", { equals: { state: "closed" } }, false],
      ["equals a list", { equals: { tags: ["a", "b"] } }, true],
      ["lacks an attribute", { equals: { nothing: "x" } }, false],
      ["is at least a number", { atLeast: { points: 3 } }, true],
      ["is less than a number", { atLeast: { points: 4 } }, false],
      ["has no such number", { atLeast: { nothing: 0 } }, false],
      ["holds all of several", { exists: true, equals: { state: "open" }, atLeast: { points: 1 } }, true],
      ["misses one of several", { equals: { state: "open" }, atLeast: { points: 9 } }, false],
    ])("a row that %s: the condition %j", async (_, when, holds) => {
      await apply("before", put({ state: "open", points: 3, tags: ["a", "b"] }));

      const check: EffectWrite = { kind: "check", table: fixture.table, key, when: when ?? {} };
      expect((await apply("e", check)).kind).toBe(holds ? "done" : "refused");
    });

    test("an update changes the named attributes and keeps the others; a reserved word is a name", async () => {
      await apply("before", put({ status: "new", points: 3, kept: { deep: [1, null, true] } }));

      const set = { status: "old", size: 1 };
      await apply("e", { kind: "update", table: fixture.table, key, set, add: { points: -1, count: 2 } });

      expect(await fixture.rowAt(key)).toEqual({
        ...key,
        status: "old",
        size: 1,
        points: 2,
        count: 2,
        kept: { deep: [1, null, true] },
      });
    });

    test("a put replaces the row, and a delete removes it", async () => {
      await apply("e1", put({ old: 1 }));
      await apply("e2", put({ points: 2 }));
      expect(await fixture.rowAt(key)).toEqual({ ...key, points: 2 });

      await apply("e3", { kind: "delete", table: fixture.table, key });
      expect(await fixture.rowAt(key)).toBeUndefined();
    });

    test("an effect without writes is an effect", async () => {
      expect(await apply("e")).toEqual({ kind: "done" });
      expect(await apply("e")).toEqual({ kind: "duplicate" });
    });

    test("holds 99 writes and the mark; more are refused before anything is written", async () => {
      const many = Array.from(
        { length: 99 },
        (_, i): EffectWrite => ({
          kind: "put",
          table: fixture.table,
          key: { ...key, orderId: `${i}` },
          row: {},
        }),
      );

      await expect(apply("e", award, ...many)).rejects.toThrow(/at most 99 writes; received 100/);
      expect(await apply("e", ...many)).toEqual({ kind: "done" });
    });

    test.each<[string, (table: string) => readonly EffectWrite[], RegExp]>([
      [
        "one row twice",
        (table) => [
          { kind: "delete", table, key },
          { kind: "put", table, key: { orderId: "o", customerId: "c" }, row: {} },
        ],
        /a row comes twice/,
      ],
      ["an update of nothing", (table) => [{ kind: "update", table, key, set: {} }], /changes nothing/],
      ["a check of nothing", (table) => [{ kind: "check", table, key, when: {} }], /no condition/],
    ])("refuses %s, and writes nothing", async (_, writes, message) => {
      await expect(apply("e", ...writes(fixture.table))).rejects.toThrow(message);

      expect(await fixture.effectMarks.consumersOf("e")).toEqual(new Set());
    });

    test("the marks of an event name the consumers whose effect is done", async () => {
      await apply("e", award);
      await fixture.effectOnceOf("send-gift").apply("e", [], LATER);
      await fixture.effectOnceOf("send-gift").apply("f", [], LATER);

      expect(await fixture.effectMarks.consumersOf("e")).toEqual(new Set(["award-points", "send-gift"]));
      expect(await fixture.effectMarks.consumersOf("f")).toEqual(new Set(["send-gift"]));
      expect(await fixture.effectMarks.consumersOf("g")).toEqual(new Set());
    });
  });
}

describeEffectOnce("in memory", async () => {
  const effects = memoryEffects(() => NOW);
  const table = "points";
  return { ...effects, table, rowAt: async (at) => effects.rows.own.get(rowOf({ table, key: at })) };
});

let db: Database;
let faults: ClientFaults;
let tables = 0;
beforeAll(async () => {
  db = await database();
  faults = clientFaults(db.client);
});
afterAll(() => db.close());

const clock = fakeClock(NOW);

async function inDynamoDb(): Promise<Fixture & { readonly effects: string }> {
  tables += 1;
  const [effects, table] = [`effects-${tables}`, `points-${tables}`];
  await newTable(effects, TABLE_KEYS.effects, EFFECTS_SORT_KEY);
  await newTable(table, "customerId", "orderId");
  return {
    effects,
    table,
    effectOnceOf: (consumer) => dynamoDbEffectOnce(db.client, effects, consumer, clock),
    effectMarks: dynamoDbEffectMarks(db.client, effects),
    async rowAt(at) {
      const { Item } = await db.client.send(
        new GetItemCommand({ TableName: table, Key: marshall(at), ConsistentRead: true }),
      );
      return Item && (unmarshall(Item) as Row);
    },
  };
}

async function newTable(TableName: string, partitionKey: string, sortKey: string): Promise<void> {
  await db.client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: partitionKey, KeyType: "HASH" },
        { AttributeName: sortKey, KeyType: "RANGE" },
      ],
      AttributeDefinitions: [partitionKey, sortKey].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
    }),
  );
}

describeEffectOnce("in DynamoDB", inDynamoDb);

describe("effect once in DynamoDB", () => {
  const cancelled = (...codes: (string | undefined)[]) =>
    new TransactionCanceledException({
      message: "cancelled",
      $metadata: {},
      CancellationReasons: codes.map((Code) => (Code === undefined ? {} : { Code })),
    });
  const named = (name: string) => Object.assign(new Error(name), { name });
  let fixture: Awaited<ReturnType<typeof inDynamoDb>>;
  let award: EffectWrite;
  beforeEach(async () => {
    fixture = await inDynamoDb();
    award = { kind: "update", table: fixture.table, key, add: { points: 5 } };
  });
  const apply = (deadline = clock.now() + 2_000) =>
    fixture.effectOnceOf("award-points").apply("e", [award], deadline);

  test("D1: a lost reply leaves one effect", async () => {
    faults.loseReply();

    expect(["done", "duplicate"]).toContain((await apply()).kind);
    expect(await fixture.rowAt(key)).toMatchObject({ points: 5 });
  });

  test.each<[string, () => Error]>([
    ["a conflict at the mark", () => cancelled("TransactionConflict", "None")],
    ["a conflict at a row", () => cancelled("None", "TransactionConflict")],
    [
      "a failed condition beside a conflict at the mark",
      () => cancelled("TransactionConflict", "ConditionalCheckFailed"),
    ],
    ["D5: a throttle", () => cancelled("None", "ThrottlingError")],
    ["D11: the same request in progress", () => named("TransactionInProgressException")],
  ])("D3: %s is tried again until it works", async (_, error) => {
    faults.fail(error(), 4);

    expect(await apply()).toEqual({ kind: "done" });
  });

  test("D3: a conflict that outlasts the deadline is rejected, and writes nothing", async () => {
    const conflict = cancelled("TransactionConflict", "None");
    faults.fail(conflict);

    await expect(apply(clock.now())).rejects.toBe(conflict);
    expect(await fixture.rowAt(key)).toBeUndefined();
  });

  test.each<[string, () => Error]>([
    [
      "a cancellation without reasons",
      () => new TransactionCanceledException({ message: "", $metadata: {} }),
    ],
    ["a wrong type", () => cancelled("None", "ValidationError")],
    ["a foreign error", () => named("InternalServerError")],
  ])("%s is rejected at once", async (_, error) => {
    const failure = error();
    faults.fail(failure);

    await expect(apply()).rejects.toBe(failure);
  });

  test("an existing mark is a duplicate, whatever else failed", async () => {
    faults.fail(cancelled("ConditionalCheckFailed", "TransactionConflict"));
    expect(await apply()).toEqual({ kind: "duplicate" });

    faults.fail(cancelled("ConditionalCheckFailed", "ConditionalCheckFailed"));
    expect(await apply()).toEqual({ kind: "duplicate" });
  });

  test("a failed condition is a duplicate where another call set the mark meanwhile", async () => {
    await apply();
    faults.fail(cancelled("None", "ConditionalCheckFailed"));

    expect(await apply()).toEqual({ kind: "duplicate" });
  });

  test("I14: a mark has no attribute that a table could expire it by, and holds no payload", async () => {
    await apply();

    const { Item = {} } = await db.client.send(
      new GetItemCommand({
        TableName: fixture.effects,
        Key: marshall({ [TABLE_KEYS.effects]: "e", [EFFECTS_SORT_KEY]: "award-points" }),
      }),
    );
    expect(unmarshall(Item)).toEqual({
      eventId: "e",
      consumer: "award-points",
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  test("an add to text is rejected with the service's error, and leaves no mark", async () => {
    await db.client.send(
      new PutItemCommand({ TableName: fixture.table, Item: marshall({ ...key, points: "many" }) }),
    );

    await expect(apply()).rejects.toThrow();
    expect(await fixture.effectMarks.consumersOf("e")).toEqual(new Set());
  });
});
