import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbFailedMessageStore } from "../../functions/adapters/dynamodb-failed-message-store.ts";
import { dynamoDbJobStore } from "../../functions/adapters/dynamodb-job-store.ts";
import { type MessageJob, newMessageJob } from "../../functions/failures/domain/message-job.ts";
import { newRepublishJob } from "../../functions/failures/domain/republish-job.ts";
import type { JobStore } from "../../functions/failures/ports/job-store.ts";
import { memoryJobStore } from "../fakes/memory-job-store.ts";
import { NOW } from "../fixtures/events.ts";
import { failedRow } from "../fixtures/failed-rows.ts";
import { clientFaults } from "./client-faults.ts";
import { type Database, database } from "./services.ts";

const ASKED = { ratePerSecond: 5, by: "olga", why: "w" };
const job = (jobId: string, changes: Partial<MessageJob> = {}): MessageJob => ({
  ...newMessageJob({ ...ASKED, jobId, act: "redrive", filter: { reason: "EXPIRED" }, total: 3 }, NOW),
  ...changes,
});
const republish = (jobId: string) =>
  newRepublishJob({ ...ASKED, jobId, orders: { status: "PENDING", olderThanSeconds: 60 } }, NOW);

function describeJobs(name: string, make: () => Promise<JobStore>): void {
  describe(`jobs ${name}`, () => {
    let store: JobStore;
    beforeEach(async () => {
      store = await make();
    });

    test("keep every field of a job, of each kind", async () => {
      const recent = [{ failedKey: "k", generation: 2, outcome: "failed again" }] as const;
      const abort = { at: "t", by: "otto", why: "w" };
      const next = [{ failedKey: "k", generation: 2 }];
      const ended = { endedAt: "t", stoppedBecause: "s", abort, expiresAt: 7 };
      const full = job("a", { cursor: "c", recent, next, ...ended });
      const other = { ...republish("b"), ...ended, after: "x", recent: ["published", "refused"] as const };

      for (const each of [full, other]) {
        expect(await store.put(each, undefined)).toBe(true);
        expect(await store.get(each.jobId)).toEqual(each);
      }
      expect((await store.list("RUNNING", 9)).map(({ act }) => act).sort()).toEqual(["redrive", "republish"]);
      expect(await store.get("c")).toBeUndefined();
    });

    test("a write from another revision changes nothing and reports a conflict; a repeated write counts as done", async () => {
      await store.put(job("a"), undefined);
      const second = job("a", { revision: 2, writeId: "second" });

      expect(await store.put(second, undefined)).toBe(false);
      expect(await store.put(second, 1)).toBe(true);
      expect(await store.put(second, 1)).toBe(true);
      expect(await store.put(job("a", { revision: 2, writeId: "third" }), 1)).toBe(false);
      expect(await store.get("a")).toEqual(second);
    });

    test("are listed by status, the latest first, up to a limit", async () => {
      const dueAt = (minute: number) => new Date(NOW + minute * 60_000).toISOString();
      for (const minute of [2, 1, 3]) await store.put(job(`j${minute}`, { dueAt: dueAt(minute) }), undefined);
      await store.put(job("done", { status: "DONE" }), undefined);

      expect((await store.list("RUNNING", 2)).map(({ jobId }) => jobId)).toEqual(["j3", "j2"]);
      expect((await store.list("DONE", 9)).map(({ jobId, status }) => [jobId, status])).toEqual([
        ["done", "DONE"],
      ]);
      expect(await store.list("STOPPED", 9)).toEqual([]);
    });

    test("are listed as due where they run and their time has come, the longest due first, up to a limit", async () => {
      const dueAt = (minute: number) => new Date(NOW + minute * 60_000).toISOString();
      for (const minute of [2, 0, 3, 1])
        await store.put(job(`j${minute}`, { dueAt: dueAt(minute) }), undefined);
      await store.put(job("done", { status: "DONE" }), undefined);
      const due = async (minute: number, limit: number) => store.listDue(NOW + minute * 60_000, limit);

      expect(await due(2, 9)).toEqual(["j0", "j1", "j2"]);
      expect(await due(2, 2)).toEqual(["j0", "j1"]);
      expect(await due(-1, 9)).toEqual([]);
    });
  });
}

describeJobs("in memory", async () => memoryJobStore());

describe("in DynamoDB", () => {
  let service: Database;
  beforeAll(async () => {
    service = await database();
  });
  afterAll(() => service.close());

  describeJobs("in DynamoDB", async () =>
    dynamoDbJobStore(service.client, await service.table("failedMessages")),
  );

  test("D2: a write whose reply is lost counts as a success of its call", async () => {
    const store = dynamoDbJobStore(service.client, await service.table("failedMessages"));
    await store.put(job("a"), undefined);
    clientFaults(service.client).loseReply();

    expect(await store.put(job("a", { revision: 2, writeId: "second" }), 1)).toBe(true);
    expect(await store.get("a")).toMatchObject({ revision: 2 });
  });

  test("jobs and failed messages are separate", async () => {
    const table = await service.table("failedMessages");
    const jobs = dynamoDbJobStore(service.client, table);
    const messages = dynamoDbFailedMessageStore(service.client, table);
    await jobs.put(job("a"), undefined);
    await messages.put(failedRow({ failedKey: "job~a" }), undefined);

    expect((await messages.list("OPEN", { limit: 9 })).rows.map(({ failedKey }) => failedKey)).toEqual([
      "job~a",
    ]);
    expect(await jobs.list("RUNNING", 9)).toHaveLength(1);
    expect(await jobs.get("job~a")).toBeUndefined();
  });
});
