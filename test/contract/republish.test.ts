import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbRedriveJobs, dynamoDbRepublishJobs } from "../../functions/adapters/dynamodb-jobs.ts";
import { dynamoDbOrderSearch } from "../../functions/adapters/dynamodb-order-search.ts";
import { dynamoDbOrderStore } from "../../functions/adapters/dynamodb-order-store.ts";
import { newRepublishJob, type RepublishJob } from "../../functions/failures/domain/republish-job.ts";
import type { Jobs } from "../../functions/failures/ports/jobs.ts";
import { systemClock } from "../../functions/middleware/clock.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
import type { OrderSearch } from "../../functions/orders/ports/order-search.ts";
import { memoryJobs } from "../fakes/memory-jobs.ts";
import { memoryOrderSearch } from "../fakes/memory-order-search.ts";
import { NOW, order } from "../fixtures/events.ts";
import { type Database, database } from "./services.ts";

let db: Database;
beforeAll(async () => {
  db = await database();
});
afterAll(() => db.close());

const at = (minute: number) => new Date(NOW + minute * 60_000).toISOString();
const row = (key: string, changes: Partial<Order> = {}): Order => ({
  ...order(key),
  updatedAt: at(0),
  ...changes,
});

function describeSearch(name: string, make: (rows: readonly Order[]) => Promise<OrderSearch>): void {
  describe(`the search for orders ${name}`, () => {
    test("returns complete rows of a status without a transition since a time, inclusive", async () => {
      const wanted = [row("a"), row("b", { updatedAt: at(5) })];
      const others = [row("c", { status: "CONFIRMED" }), row("d", { updatedAt: at(6) })];
      const search = await make([...wanted, ...others]);

      const { orders, after } = await search.search({ status: "PENDING", before: at(5), limit: 100 });

      const byId = (left: Order, right: Order) => left.orderId.localeCompare(right.orderId);
      expect([...orders].sort(byId)).toEqual([...wanted].sort(byId));
      expect(after).toBeUndefined();
    });

    test("continues after any returned order and returns each order once", async () => {
      const rows = Array.from({ length: 25 }, (_, i) =>
        row(`k${i}`, i % 3 === 0 ? { status: "REJECTED" } : {}),
      );
      const search = await make(rows);
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const from = after === undefined ? {} : { after };
        const page = await search.search({ status: "PENDING", before: at(0), limit: 4, ...from });
        seen.push(...page.orders.map(({ orderId }) => orderId));
        after = page.after;
      } while (after !== undefined);

      const wanted = rows.filter(({ status }) => status === "PENDING").map(({ orderId }) => orderId);
      expect(seen.toSorted()).toEqual(wanted.toSorted());
      const first = await search.search({
        status: "PENDING",
        before: at(0),
        limit: 100,
        after: seen[3] ?? "",
      });
      expect(first.orders.map(({ orderId }) => orderId)).toEqual(seen.slice(4));
    });
  });
}

describeSearch("in memory", async (rows) =>
  memoryOrderSearch(new Map(rows.map((each) => [each.orderId, each]))),
);
describeSearch("in DynamoDB", async (rows) => {
  const table = await db.table("orders");
  const orders = dynamoDbOrderStore(db.client, table, systemClock);
  for (const each of rows) await orders.place(each);
  return dynamoDbOrderSearch(db.client, table);
});

const job = (jobId: string, changes: Partial<RepublishJob> = {}): RepublishJob => ({
  ...newRepublishJob(
    { jobId, orderStatus: "PENDING", olderThanSeconds: 60, ratePerSecond: 5, by: "olga", why: "w" },
    NOW,
  ),
  ...changes,
});

function describeJobs(name: string, make: () => Promise<Jobs<RepublishJob>>): void {
  describe(`republish jobs ${name}`, () => {
    let store: Jobs<RepublishJob>;
    beforeEach(async () => {
      store = await make();
    });

    test("keep every field, and are written from their current revision only", async () => {
      const full = job("a", {
        after: "x",
        recent: ["published", "refused"],
        endedAt: "t",
        stoppedBecause: "s",
      });
      expect(await store.put(full, undefined)).toBe(true);
      const second = { ...full, revision: 2, writeId: "second" };

      expect(await store.get("a")).toEqual(full);
      expect(await store.put(second, 7)).toBe(false);
      expect(await store.put(second, 1)).toBe(true);
      expect(await store.put(second, 1)).toBe(true);
      expect(await store.get("a")).toEqual(second);
      expect(await store.get("b")).toBeUndefined();
    });

    test("are listed by status, the latest first", async () => {
      for (const minute of [2, 1, 3]) await store.put(job(`j${minute}`, { dueAt: at(minute) }), undefined);
      await store.put(job("done", { status: "DONE" }), undefined);

      expect((await store.list("RUNNING", 2)).map(({ jobId }) => jobId)).toEqual(["j3", "j2"]);
      expect((await store.list("DONE", 2)).map(({ status }) => status)).toEqual(["DONE"]);
    });
  });
}

describeJobs("in memory", async () => memoryJobs<RepublishJob>());
describeJobs("in DynamoDB", async () => dynamoDbRepublishJobs(db.client, await db.table("failedMessages")));

test("jobs of the two kinds are separate", async () => {
  const failedMessages = await db.table("failedMessages");
  await dynamoDbRepublishJobs(db.client, failedMessages).put(job("same"), undefined);

  const redrives = dynamoDbRedriveJobs(db.client, failedMessages);

  expect(await redrives.get("same")).toBeUndefined();
  expect(await redrives.list("RUNNING", 10)).toEqual([]);
});
