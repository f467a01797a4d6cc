import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbFailedMessageStore } from "../../functions/adapters/dynamodb-failed-message-store.ts";
import type { FailedStatus } from "../../functions/contract/failures.ts";
import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import type { FailedMessageStore } from "../../functions/failures/ports/failed-message-store.ts";
import { applyWrite } from "../../functions/failures/record-failure.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { memoryTables } from "../fakes/memory-tables.ts";
import { NOW } from "../fixtures/events.ts";
import { failedRow } from "../fixtures/failed-rows.ts";
import { HOSTILE_NAMES } from "../fixtures/hostile-names.ts";
import { type ClientFaults, clientFaults } from "./client-faults.ts";
import { type Database, database } from "./services.ts";

const row = (failedKey: string, changes: Partial<FailedMessage> = {}, status: FailedStatus = "OPEN") =>
  failedRow({ failedKey, revision: 1, writeId: `write of ${failedKey}`, ...changes }, status);

function describeFailedMessages(name: string, make: () => Promise<FailedMessageStore>): void {
  describe(`failed messages ${name}`, () => {
    let store: FailedMessageStore;
    beforeEach(async () => {
      store = await make();
    });

    test("keep every field of a row", async () => {
      const full = row("k", {
        errorName: "E",
        errorMessage: "m",
        redriveId: "r",
        expiresAt: 1,
        history: [{ at: "t", by: "b", act: "a", why: "w", writeId: "i" }],
      });

      expect(await store.put(full, undefined)).toBe(true);
      expect(await store.get("k")).toEqual(full);
      expect(await store.get("other")).toBeUndefined();
    });

    test("K1: keep attributes and their order, whatever their names", async () => {
      const hostile = row("k", { attributes: Object.fromEntries(HOSTILE_NAMES.map((name) => [name, "v"])) });

      await store.put(hostile, undefined);

      const [listed] = (await store.list("OPEN", { limit: 1 })).rows;
      for (const stored of [await store.get("k"), listed]) {
        expect(Object.entries(stored?.attributes ?? {})).toEqual(HOSTILE_NAMES.map((name) => [name, "v"]));
      }
    });

    test("a write from another revision changes nothing and reports a conflict", async () => {
      await store.put(row("k"), undefined);
      const second = row("k", { revision: 2, writeId: "second" });

      expect(await store.put(second, undefined)).toBe(false);
      expect(await store.put(second, 7)).toBe(false);
      expect(await store.put(second, 1)).toBe(true);
      expect(await store.put(row("k", { revision: 2, writeId: "third" }), 1)).toBe(false);
      expect(await store.put(row("none", { writeId: "x" }), 1)).toBe(false);
      expect(await store.get("k")).toEqual(second);
    });

    test("D2: a repeated write counts as done", async () => {
      const first = row("k");
      await store.put(first, undefined);

      expect(await store.put(first, undefined)).toBe(true);
    });

    test("of ten concurrent writers of one revision one wins", async () => {
      await store.put(row("k"), undefined);
      const writes = Array.from({ length: 10 }, (_, i) => row("k", { revision: 2, writeId: `w${i}` }));

      const won = await Promise.all(writes.map((each) => store.put(each, 1)));

      expect(won.filter(Boolean)).toHaveLength(1);
    });

    test("are listed by status up to a due time, earliest first, in pages", async () => {
      const dueAt = (minute: number) => new Date(NOW + minute * 60_000).toISOString();
      for (const minute of [5, 1, 3, 2, 4])
        await store.put(row(`k${minute}`, { dueAt: dueAt(minute) }), undefined);
      await store.put(row("other", { dueAt: dueAt(0) }, "RETRYING"), undefined);

      const keys: string[] = [];
      let cursor: string | undefined;
      let pages = 0;
      do {
        const page = await store.list("OPEN", {
          limit: 2,
          dueBefore: dueAt(4),
          ...(cursor === undefined ? {} : { cursor }),
        });
        expect(page.rows.length).toBeLessThanOrEqual(2);
        keys.push(...page.rows.map(({ failedKey }) => failedKey));
        cursor = page.cursor;
        pages += 1;
      } while (cursor !== undefined && pages < 10);

      expect(keys).toEqual(["k1", "k2", "k3", "k4"]);
      expect((await store.list("OPEN", { limit: 100 })).rows).toHaveLength(5);
      expect((await store.list("REDRIVEN", { limit: 100 })).rows).toEqual([]);
    });

    test("a page continues after rows that changed their status meanwhile", async () => {
      for (let i = 1; i <= 6; i++) await store.put(row(`k${i}`), undefined);
      const first = await store.list("OPEN", { limit: 3 });
      for (const each of first.rows) await store.put({ ...each, status: "RESOLVED", revision: 2 }, 1);

      const second = await store.list("OPEN", {
        limit: 3,
        ...(first.cursor === undefined ? {} : { cursor: first.cursor }),
      });

      const keys = [...first.rows, ...second.rows].map(({ failedKey }) => failedKey);
      expect(keys.sort()).toEqual(["k1", "k2", "k3", "k4", "k5", "k6"]);
    });

    test("keep each cursor until it changes, and list none as a row", async () => {
      expect(await store.readCursor("sweep")).toBeUndefined();

      await store.saveCursor("sweep", "here");
      await store.saveCursor("republish", "there");
      await store.saveCursor("sweep", "further");

      expect(await store.readCursor("sweep")).toBe("further");
      expect(await store.readCursor("republish")).toBe("there");
      expect(await store.count("OPEN")).toBe(0);

      await store.saveCursor("sweep", undefined);

      expect(await store.readCursor("sweep")).toBeUndefined();
    });

    test("are counted by status", async () => {
      for (let i = 0; i < 30; i++) await store.put(row(`k${i}`, {}, i < 10 ? "OPEN" : "RESOLVED"), undefined);

      expect([
        await store.count("OPEN"),
        await store.count("RESOLVED"),
        await store.count("RETRYING"),
      ]).toEqual([10, 20, 0]);
    });

    test("five writers park one message five times without overwriting each other", async () => {
      let ids = 0;
      const ports = {
        failedMessages: store,
        clock: fakeClock(NOW),
        newId: () => `id-${++ids}`,
        returnWithinSeconds: 60,
      };
      await store.put(row("k", { failures: 1 }), undefined);

      await Promise.all(
        Array.from({ length: 5 }, () => applyWrite(ports, "k", { kind: "park", reason: "STATE_CONFLICT" })),
      );

      expect(await store.get("k")).toMatchObject({ failures: 6, revision: 6, generation: 6 });
    });
  });
}

describeFailedMessages("in memory", async () => memoryTables(() => NOW).failedMessages);

let db: Database;
let faults: ClientFaults;
beforeAll(async () => {
  db = await database();
  faults = clientFaults(db.client);
});
afterAll(() => db.close());
const real = async () => dynamoDbFailedMessageStore(db.client, await db.table("failedMessages"));

describeFailedMessages("in DynamoDB", real);

test("D2: failed messages in DynamoDB: a write whose reply is lost counts as this call's own", async () => {
  const store = await real();
  faults.loseReply();
  expect(await store.put(row("k"), undefined)).toBe(true);
  faults.loseReply();

  expect(await store.put(row("k", { revision: 2, writeId: "second" }), 1)).toBe(true);
  expect(await store.get("k")).toMatchObject({ revision: 2 });
});

describe("K8: a forged cursor", () => {
  const status = { S: "OPEN" };
  const dueAt = { S: new Date(NOW).toISOString() };
  const good = { failedKey: { S: "k" }, status, dueAt };
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const refused = {
    code: "INVALID_REQUEST",
    extras: { detail: "The parameter cursor is not from a listing of this status." },
  };

  test.each<[string, unknown]>([
    ["a type too many", { ...good, failedKey: { S: "k", N: "1" } }],
    ["another type", { ...good, dueAt: { N: "1" } }],
    ["a type that does not exist", { ...good, dueAt: { S: "x", Q: 1 } }],
    ["a list for a value", { ...good, dueAt: ["x"] }],
    ["null for a value", { ...good, dueAt: null }],
    ["an attribute too many", { ...good, more: { S: "x" } }],
    ["an attribute too few", { failedKey: good.failedKey, status }],
    ["the key of another table", { orderId: { S: "k" } }],
    ["another status", { ...good, status: { S: "RESOLVED" } }],
    ["an empty key", { ...good, failedKey: { S: "" } }],
    ["half a surrogate pair", { ...good, failedKey: { S: "\ud800" } }],
    ["a sort key that is too long", { ...good, dueAt: { S: "x".repeat(1_025) } }],
    ["a list", [good]],
    ["null", null],
    ["a number", 1],
  ])("with %s is refused with 400", async (_, key) => {
    const store = await real();

    await expect(store.list("OPEN", { limit: 1, cursor: encoded(key) })).rejects.toMatchObject(refused);
  });

  test("with the name __proto__ is refused with 400", async () => {
    const store = await real();
    const text = JSON.stringify(good).replace("failedKey", "__proto__");
    const cursor = Buffer.from(text).toString("base64url");

    await expect(store.list("OPEN", { limit: 1, cursor })).rejects.toMatchObject(refused);
  });

  test("returns a page or 400 for any content", async () => {
    const store = await real();
    const names = fc.constantFrom("failedKey", "status", "dueAt", "orderId", "__proto__", "constructor", "");
    const value = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom("S", "N", "B", "M", "L", "NULL", "BOOL", "__proto__"), fc.jsonValue()),
      fc.record({ S: fc.oneof(fc.constant("OPEN"), fc.string({ unit: "binary" })) }),
    );
    const keys = fc.oneof(
      fc.dictionary(names, value),
      fc.record({ failedKey: value, status: fc.constant(status), dueAt: value }),
    );
    const cursors = fc.oneof(
      fc.base64String({ minLength: 1 }),
      fc.string({ minLength: 1 }),
      keys.map(encoded),
      fc.nat(encoded(good).length).map((length) => encoded(good).slice(0, length)),
    );

    await fc.assert(
      fc.asyncProperty(cursors, async (cursor) => {
        const answer = await store.list("OPEN", { limit: 1, cursor }).catch((error: unknown) => error);
        if (answer instanceof Error) expect(answer).toMatchObject(refused);
        else expect(answer).toHaveProperty("rows");
      }),
      { numRuns: 300 },
    );
  });
});
