import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbFailedMessageStore } from "../../functions/adapters/dynamodb-failed-message-store.ts";
import type { FailedMessage, FailedStatus } from "../../functions/failures/domain/failed-message.ts";
import type { FailedMessages } from "../../functions/failures/ports/failed-message-store.ts";
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

function describeFailedMessages(name: string, make: () => Promise<FailedMessages>): void {
  describe(`failed messages ${name}`, () => {
    let store: FailedMessages;
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

    test("D2: the same write again counts as done", async () => {
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

    test("are listed by status, due first, to the given time, page after page", async () => {
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

    test("keep each cursor until it is moved, and list none as a row", async () => {
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
