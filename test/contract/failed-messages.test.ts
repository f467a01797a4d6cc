import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbFailedMessageStore } from "../../functions/adapters/dynamodb-failed-message-store.ts";
import type { FailedStatus } from "../../functions/contract/failures.ts";
import { PATTERNS } from "../../functions/contract/patterns.ts";
import { openCountOf, placeOf } from "../../functions/failures/domain/failed-listing.ts";
import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import type { FailedMessageStore, ListedPage } from "../../functions/failures/ports/failed-message-store.ts";
import { applyWrite } from "../../functions/failures/record-failure.ts";
import { visitOpenRows } from "../../functions/failures/visit-rows.ts";
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

      for (const stored of [await store.get("k"), (await store.getMany(["k"])).get("k")]) {
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

    const dueAt = (minute: number) => new Date(NOW + minute * 60_000).toISOString();
    /** All pages of a listing. Between two pages `meanwhile` runs. */
    async function keysIn(
      options: Parameters<FailedMessageStore["list"]>[1],
      meanwhile: (page: ListedPage) => Promise<unknown> = async () => {},
    ): Promise<string[]> {
      const keys: string[] = [];
      for (let from: { cursor?: string } | undefined = {}; from !== undefined; ) {
        const page = await store.list("OPEN", { ...options, ...from });
        expect(page.rows.length).toBeLessThanOrEqual(options.limit);
        keys.push(...page.rows.map(({ failedKey }) => failedKey));
        if (page.cursor !== undefined) await meanwhile(page);
        from = page.cursor === undefined ? undefined : { cursor: page.cursor };
      }
      return keys;
    }
    const put = (...rows: readonly FailedMessage[]) =>
      Promise.all(rows.map((each) => store.put(each, undefined)));
    /** Enough for each shard to hold several, in an order that no shard explains. */
    const spread = (count: number, changes: (i: number) => Partial<FailedMessage> = () => ({})) =>
      Array.from({ length: count }, (_, i) =>
        row(`k${i}`, { dueAt: dueAt((i * 37) % count), ...changes(i) }),
      );
    const sorted = (rows: readonly FailedMessage[]) =>
      rows
        .toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1))
        .map(({ failedKey }) => failedKey);

    test("are listed by status up to a due time, in pages", async () => {
      for (const minute of [5, 1, 3, 2, 4])
        await store.put(row(`k${minute}`, { dueAt: dueAt(minute) }), undefined);
      await store.put(row("other", { dueAt: dueAt(0) }, "RETRYING"), undefined);

      expect(await keysIn({ limit: 2, dueBefore: dueAt(4) })).toEqual(["k1", "k2", "k3", "k4"]);
      expect(await keysIn({ limit: 2, dueBefore: dueAt(4), order: "newest" })).toEqual([
        "k4",
        "k3",
        "k2",
        "k1",
      ]);
      expect((await store.list("OPEN", { limit: 100 })).rows).toHaveLength(5);
      expect(await store.list("REDRIVEN", { limit: 100 })).toEqual({ rows: [] });
    });

    test.each([5, 60])(
      "are listed in the order of their due times over all shards, %i a page",
      async (limit) => {
        const rows = spread(60, (i) => (i % 5 === 0 ? { consumer: "publish-events" } : {}));
        await put(...rows);

        expect(await keysIn({ limit })).toEqual(sorted(rows));
        expect(await keysIn({ limit, order: "newest" })).toEqual(sorted(rows).reverse());
      },
    );

    test.each(["oldest", "newest"] as const)(
      "with equal due times are each listed once, the %s first",
      async (order) => {
        const rows = spread(50, () => ({ dueAt: dueAt(0) }));
        await put(...rows);

        const expected = order === "oldest" ? sorted(rows) : sorted(rows).reverse();
        expect(await keysIn({ limit: 7, order })).toEqual(expected);
      },
    );

    test("of publishers are listed by themselves", async () => {
      const publishers = ["publish-events", "publish-to-kafka", "publish-to-rabbitmq"];
      const rows = spread(30, (i) => (i % 3 === 0 ? { consumer: publishers[(i / 3) % 3] ?? "" } : {}));
      await put(...rows);

      const own = rows.filter(({ consumer }) => publishers.includes(consumer));
      expect(await keysIn({ limit: 4, of: "publishers" })).toEqual(sorted(own));
    });

    test("are listed with what a list shows, without body, attributes and history", async () => {
      const full = row("k", { errorName: "E", errorMessage: "m" });
      await store.put(full, undefined);

      const { body, attributes, history, source, bodyHash, revision, writeId, ...listed } = full;
      expect((await store.list("OPEN", { limit: 1 })).rows).toEqual([
        Object.fromEntries(Object.entries(listed).filter(([name]) => name !== "parkedBy")),
      ]);
    });

    test("a page continues after rows that changed their status meanwhile", async () => {
      const rows = spread(20);
      await put(...rows);

      const keys = await keysIn({ limit: 3 }, ({ rows: listed }) =>
        Promise.all(
          rows
            .filter(({ failedKey }) => listed.some((each) => each.failedKey === failedKey))
            .map((each) => store.put({ ...each, status: "RESOLVED", revision: 2 }, 1)),
        ),
      );

      expect(keys).toEqual(sorted(rows));
    });

    test("a row that leaves the status before its page is not listed, one that enters it behind the cursor is", async () => {
      await put(...[1, 2, 3, 4].map((minute) => row(`k${minute}`, { dueAt: dueAt(minute) })));

      let isFirst = true;
      const keys = await keysIn({ limit: 2 }, async () => {
        if (!isFirst) return;
        isFirst = false;
        await store.put(row("k3", { dueAt: dueAt(3), revision: 2 }, "DISCARDED"), 1);
        await put(row("k0", { dueAt: dueAt(0) }), row("k9", { dueAt: dueAt(9) }));
      });

      expect(keys).toEqual(["k1", "k2", "k4", "k9"]);
    });

    test("a place without a row continues a listing as well, in each order and status", async () => {
      await put(...[1, 3].map((minute) => row(`k${minute}`, { dueAt: dueAt(minute) })));
      const cursor = placeOf({ dueAt: dueAt(2), failedKey: "gone" });

      expect(await keysIn({ limit: 9, cursor })).toEqual(["k3"]);
      expect(await keysIn({ limit: 9, cursor, order: "newest" })).toEqual(["k1"]);
      expect(await keysIn({ limit: 9, cursor, dueBefore: dueAt(1) })).toEqual([]);
      expect((await store.list("RESOLVED", { limit: 9, cursor })).rows).toEqual([]);
    });

    test("are read by many keys, once each", async () => {
      const rows = spread(120);
      await put(...rows);

      const found = await store.getMany([...rows.map(({ failedKey }) => failedKey), "none", "k0"]);

      expect([...found.keys()].sort()).toEqual(rows.map(({ failedKey }) => failedKey).sort());
      expect(found.get("k7")).toEqual(rows[7]);
      expect(await store.getMany([])).toEqual(new Map());
    });

    test("keep the progress of each step until it changes, and list none as a row", async () => {
      expect(await store.readProgress("sweep")).toBeUndefined();

      await store.saveProgress("sweep", { cursor: "here", counted: 1 });
      await store.saveProgress("publish", { cursor: "there", counted: 2 });
      await store.saveProgress("sweep", {
        cursor: "further",
        counted: 3,
        open: { count: 4, isExact: false },
      });

      expect(await store.readProgress("sweep")).toEqual({
        cursor: "further",
        counted: 3,
        open: { count: 4, isExact: false },
      });
      expect(await store.readProgress("publish")).toEqual({ cursor: "there", counted: 2 });
      expect((await store.list("OPEN", { limit: 9 })).rows).toEqual([]);

      await store.saveProgress("sweep", { cursor: undefined, counted: 0 });

      expect(await store.readProgress("sweep")).toEqual({ counted: 0 });
    });

    describe("are counted by the runs that visit them", () => {
      const steps = { name: "sweep", most: 7 };
      const AT = new Date(NOW).toISOString();
      const ports = () => ({ failedMessages: store, clock: fakeClock(NOW) });
      /** One run. Those of the visited rows that `isDone` names leave the status. */
      async function run(isDone: (failedKey: string) => boolean = () => false) {
        const visited: string[] = [];
        const progress = await visitOpenRows(ports(), steps, NOW + 1_000, async (rows) => {
          visited.push(...rows.map(({ failedKey }) => failedKey));
          const done = rows.filter(({ failedKey }) => isDone(failedKey));
          for (const { failedKey } of done) await store.put(row(failedKey, { revision: 2 }, "RESOLVED"), 1);
          return done.length;
        });
        return { visited, open: openCountOf(progress), progress };
      }
      const rowsOf = (count: number) =>
        Array.from({ length: count }, (_, i) => row(`k${i}`, { dueAt: dueAt(i) }));

      test("exactly, where one run reads them all, without those that it resolved", async () => {
        await put(...rowsOf(5));

        expect(await run((key) => key === "k2")).toMatchObject({ open: { count: 4, isExact: true } });
        expect(await run()).toMatchObject({
          visited: ["k0", "k1", "k3", "k4"],
          open: { count: 4, isExact: true },
        });
      });

      test("as none, in an empty table", async () => {
        expect((await run()).open).toEqual({ count: 0, isExact: true, at: AT });
      });

      test("as estimates over several runs, each of which continues where the one before ended", async () => {
        await put(...rowsOf(18));

        const runs = [await run(), await run(), await run(), await run()];

        expect(runs.map(({ visited }) => [visited[0], visited.at(-1), visited.length])).toEqual([
          ["k0", "k6", 7],
          ["k7", "k13", 7],
          ["k14", "k2", 7],
          ["k3", "k9", 7],
        ]);
        expect(runs.map(({ open }) => open)).toEqual([
          { count: 7, isExact: false, at: AT },
          { count: 14, isExact: false, at: AT },
          { count: 18, isExact: false, at: AT },
          { count: 18, isExact: false, at: AT },
        ]);
      });

      test("exactly again, once they are few", async () => {
        await put(...rowsOf(9));
        await run();
        for (const { failedKey, dueAt: at } of rowsOf(9).slice(2))
          await store.put(row(failedKey, { dueAt: at, revision: 2 }, "DISCARDED"), 1);

        expect((await run()).open).toEqual({ count: 2, isExact: true, at: AT });
      });

      test("without those that the deadline cuts off: the next run begins with them", async () => {
        await put(...rowsOf(5));
        const cutOff = await visitOpenRows(ports(), steps, NOW - 1, async () => 0);

        expect(openCountOf(cutOff)).toBeUndefined();
        expect((await run()).visited).toEqual(["k0", "k1", "k2", "k3", "k4"]);
      });

      test("although a visit fails, whose error is thrown at the end", async () => {
        await put(...rowsOf(5));
        const failing = visitOpenRows(ports(), steps, NOW, () =>
          Promise.reject(new Error("this one never works")),
        );

        await expect(failing).rejects.toThrow("this one never works");
        expect(openCountOf((await store.readProgress("sweep")) ?? { counted: 0 })).toEqual({
          count: 5,
          isExact: true,
          at: AT,
        });
      });
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

test("K8: any cursor that the API accepts continues a listing in DynamoDB", async () => {
  const store = await real();
  await store.put(row("k"), undefined);
  const cursors = fc.stringMatching(new RegExp(PATTERNS.cursor.pattern));

  await fc.assert(
    fc.asyncProperty(cursors, fc.constantFrom("oldest", "newest"), async (cursor, order) => {
      for (const range of [{}, { dueBefore: new Date(NOW).toISOString() }]) {
        const { rows } = await store.list("OPEN", { limit: 1, cursor, order, ...range });
        const isBehind = order === "oldest" ? cursor < placeOf(row("k")) : cursor > placeOf(row("k"));
        expect(rows).toHaveLength(isBehind ? 1 : 0);
      }
    }),
    { numRuns: 20 },
  );
});
