import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbFailedMessageStore } from "../../functions/adapters/dynamodb-failed-message-store.ts";
import { dynamoDbRedriveJobs } from "../../functions/adapters/dynamodb-jobs.ts";
import { newRedriveJob, type RedriveJob } from "../../functions/failures/domain/redrive-job.ts";
import type { Jobs } from "../../functions/failures/ports/jobs.ts";
import { memoryJobs } from "../fakes/memory-jobs.ts";
import { NOW } from "../fixtures/events.ts";
import { failedRow } from "../fixtures/failed-rows.ts";
import { clientFaults } from "./client-faults.ts";
import { type Database, database } from "./services.ts";

const job = (jobId: string, changes: Partial<RedriveJob> = {}): RedriveJob => ({
  ...newRedriveJob(
    { jobId, filter: { reason: "EXPIRED" }, ratePerSecond: 5, by: "olga", why: "w", total: 3 },
    NOW,
  ),
  ...changes,
});

function describeRedriveJobs(name: string, make: () => Promise<Jobs<RedriveJob>>): void {
  describe(`redrive jobs ${name}`, () => {
    let store: Jobs<RedriveJob>;
    beforeEach(async () => {
      store = await make();
    });

    test("keep every field of a job", async () => {
      const recent = [{ failedKey: "k", generation: 2, outcome: "failed again" }] as const;
      const full = job("a", { cursor: "c", recent, endedAt: "t", stoppedBecause: "s", expiresAt: 7 });

      expect(await store.put(full, undefined)).toBe(true);
      expect(await store.get("a")).toEqual(full);
      expect(await store.get("b")).toBeUndefined();
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

describeRedriveJobs("in memory", async () => memoryJobs<RedriveJob>());

describe("in DynamoDB", () => {
  let service: Database;
  beforeAll(async () => {
    service = await database();
  });
  afterAll(() => service.close());

  describeRedriveJobs("in DynamoDB", async () =>
    dynamoDbRedriveJobs(service.client, await service.table("failedMessages")),
  );

  test("D2: a write whose reply is lost counts as a success of its call", async () => {
    const store = dynamoDbRedriveJobs(service.client, await service.table("failedMessages"));
    await store.put(job("a"), undefined);
    clientFaults(service.client).loseReply();

    expect(await store.put(job("a", { revision: 2, writeId: "second" }), 1)).toBe(true);
    expect(await store.get("a")).toMatchObject({ revision: 2 });
  });

  test("jobs and failed messages are separate", async () => {
    const table = await service.table("failedMessages");
    const jobs = dynamoDbRedriveJobs(service.client, table);
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
