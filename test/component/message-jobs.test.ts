import { beforeEach, describe, expect, test } from "vitest";
import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import { order } from "../fixtures/events.ts";
import { jobOf, OPERATOR, operator, ops, parkedMany, startJob, together } from "./operator-api.ts";
import { dieAt, invoke, newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const rowOf = ({ failedKey }: Pick<FailedMessage, "failedKey">) => rig.tables.rows.failed.get(failedKey);
const statusesOf = (rows: readonly FailedMessage[]) => rows.map((row) => rowOf(row)?.status);
const refs = (rows: readonly FailedMessage[]) =>
  rows.map(({ failedKey, generation }) => ({ failedKey, generation }));
const discardMany = (body: object = {}) => startJob({ act: "discard", filter: {}, ...body });
const abort = (jobId: unknown, why = "the wrong filter") =>
  operator("POST /jobs/{jobId}/abort", { key: String(jobId), body: { why } });

describe("a discard of many", () => {
  test("discards the messages that match the filter, and names the job in the history and in the audit lines", async () => {
    const rows = parkedMany(rig, 3, (i) => (i === 0 ? { reason: "EXPIRED" } : {}));

    const { status, body } = await discardMany({ filter: { reason: "EXPIRED" } });

    const { jobId } = body;
    expect(status).toBe(202);
    expect(body).toMatchObject({
      act: "discard",
      status: "DONE",
      total: 1,
      done: 1,
      skipped: 0,
      by: OPERATOR,
    });
    expect(statusesOf(rows)).toEqual(["DISCARDED", "OPEN", "OPEN"]);
    const [first] = rows as [FailedMessage];
    const entry = { act: "discard", by: OPERATOR, why: "the bug is fixed", jobId };
    expect(rowOf(first)?.history.at(-1)).toMatchObject(entry);
    expect((await ops("GET /{failedKey}", { key: first.failedKey })).body).toMatchObject({
      jobId,
      history: expect.arrayContaining([expect.objectContaining(entry)]),
    });
    expect(rig.out.lines().filter(({ audit }) => audit === "operator")).toMatchObject([
      {
        act: "discard many",
        jobId,
        by: OPERATOR,
        why: "the bug is fixed",
        selection: "reason EXPIRED",
        total: 1,
      },
      { act: "discard", jobId, failedKey: first.failedKey, by: OPERATOR, outcome: "DISCARDED" },
    ]);
  });

  test("in a dry run counts messages with and without consequences, and changes nothing", async () => {
    const rows = parkedMany(rig, 7);
    const [done] = rows as [FailedMessage];
    const orderId = done.orderId ?? "";
    rig.tables.rows.orders.set(orderId, { ...order("x"), orderId, status: "CONFIRMED", version: 2 });
    const before = structuredClone([...rig.tables.rows.failed]);

    const { status, body } = await discardMany({ dryRun: true });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      dryRun: true,
      act: "discard",
      total: 7,
      outcomes: [
        { outcome: "discard", count: 1, samples: [{ id: done.failedKey }] },
        {
          outcome: "discard with consequences",
          count: 6,
          samples: Array(5).fill({ because: expect.stringContaining("stays PENDING") }),
        },
      ],
      isComplete: true,
    });
    expect([...rig.tables.rows.failed]).toEqual(before);
    expect(rig.jobs.jobs.size).toBe(0);
  });

  test("in a dry run of more than it can decide in time counts all, and decides the first", async () => {
    parkedMany(rig, 1_200);
    rig.faults.after = (call) => {
      // Each chunk of decisions takes a second.
      if (call === "failedMessages.getMany") rig.clock.advance(1_000);
    };

    const { body } = await discardMany({ dryRun: true });

    const outcomes = body["outcomes"] as { count: number }[];
    const decided = outcomes.reduce((sum, { count }) => sum + count, 0);
    expect(body).toMatchObject({ total: 1_200, isComplete: false });
    expect(decided).toBeGreaterThan(0);
    expect(decided).toBeLessThan(200);
  });

  test("is faster than a redrive may be", async () => {
    parkedMany(rig, 3_000);

    expect((await discardMany({ ratePerSecond: 1_000 })).body).toMatchObject({ status: "DONE", done: 3_000 });
    expect(await startJob({ act: "redrive", filter: {}, ratePerSecond: 101 })).toMatchObject({
      status: 400,
      body: { pointer: "/ratePerSecond", detail: "A redrive has at most 100 per second." },
    });
  });

  test("without a match reports it and creates no job", async () => {
    expect(await startJob({ act: "undo", filter: {} })).toMatchObject({
      status: 200,
      body: { status: "DONE", total: 0, stoppedBecause: "no discarded message matches the filter" },
    });
    expect(rig.jobs.jobs.size).toBe(0);
  });
});

describe("a job with named messages", () => {
  test("acts on them alone, on each once, and skips those that changed or are gone", async () => {
    const rows = parkedMany(rig, 5);
    const [first, second, third] = rows as [FailedMessage, FailedMessage, FailedMessage];
    const messages = [
      ...refs([first, first, second]),
      { failedKey: third.failedKey, generation: third.generation + 1 },
      { failedKey: "order-created~gone", generation: 1 },
    ];
    await ops("POST /{failedKey}/discard", { key: second.failedKey, body: { why: "by hand" } });

    const tried = await startJob({ act: "discard", messages, dryRun: true });
    const { body } = await startJob({ act: "discard", messages });

    expect(tried.body).toMatchObject({
      total: 4,
      outcomes: [
        { outcome: "discard", count: 0 },
        { outcome: "discard with consequences", count: 1 },
        {
          outcome: "skip",
          count: 3,
          samples: [
            { because: expect.stringMatching(/^it is DISCARDED \(discard by/) },
            { because: "it was opened again: generation 1" },
            { because: "it is gone" },
          ],
        },
      ],
    });
    expect(body).toMatchObject({ status: "DONE", total: 4, done: 1, skipped: 3 });
    expect(statusesOf(rows)).toEqual(["DISCARDED", "DISCARDED", "OPEN", "OPEN", "OPEN"]);
  });

  test("redrives them", async () => {
    const rows = parkedMany(rig, 3);

    const { body } = await startJob({ act: "redrive", messages: refs(rows.slice(0, 2)) });

    expect(body).toMatchObject({ status: "DONE", total: 2, done: 2 });
    expect(rig.queues.sent).toHaveLength(2);
  });
});

describe("an undo of many", () => {
  test("reopens the messages of one discard, and no other", async () => {
    const rows = parkedMany(rig, 6, (i) => (i < 3 ? { reason: "EXPIRED" } : {}));
    const [byHand] = rows as [FailedMessage];
    await ops("POST /{failedKey}/discard", { key: byHand.failedKey, body: { why: "by hand" } });
    const discard = await discardMany({ filter: { reason: "EXPIRED" } });
    await discardMany();
    const filter = { job: discard.body["jobId"] };
    rig.clock.advance(1);

    const tried = await startJob({ act: "undo", filter, dryRun: true });
    const { body } = await startJob({ act: "undo", filter });

    expect(tried.body).toMatchObject({ total: 2, outcomes: [{ outcome: "undo", count: 2 }] });
    expect(body).toMatchObject({ act: "undo", status: "DONE", total: 2, done: 2, filter });
    expect(statusesOf(rows)).toEqual(["DISCARDED", "OPEN", "OPEN", "DISCARDED", "DISCARDED", "DISCARDED"]);
    expect((await startJob({ act: "undo", filter })).body).toMatchObject({ total: 0 });
  });

  test("leaves a message that was discarded by hand since", async () => {
    const [row] = parkedMany(rig, 1) as [FailedMessage];
    const { body } = await discardMany();
    const by = (act: string) => ops(`POST /{failedKey}/${act}`, { key: row.failedKey, body: { why: "w" } });
    await by("undo");
    await by("discard");

    expect((await startJob({ act: "undo", filter: { job: body["jobId"] } })).body).toMatchObject({
      total: 0,
    });
  });

  test("of a running job is refused until that has ended", async () => {
    parkedMany(rig, 100);
    const { body } = await discardMany({ ratePerSecond: 1 });
    const filter = { job: body["jobId"] };

    expect(await startJob({ act: "undo", filter })).toMatchObject({
      status: 409,
      body: { code: "JOB_STATUS", detail: expect.stringContaining("Abort it first") },
    });
    const aborted = await abort(body["jobId"]);
    rig.clock.advance(1);
    expect((await startJob({ act: "undo", filter })).body).toMatchObject({ done: aborted.body["done"] });
  });

  test("of an unknown job is refused", async () => {
    expect(await startJob({ act: "undo", filter: { job: "none" } })).toMatchObject({
      status: 404,
      body: { code: "JOB_NOT_FOUND" },
    });
  });
});

describe("POST /jobs", () => {
  const messages = [{ failedKey: "k", generation: 1 }];
  const orders = { status: "PENDING", olderThanSeconds: 600 };

  test.each([
    [{ act: "resolve", filter: {} }, "/act"],
    [{ act: "discard" }, "/filter"],
    [{ act: "discard", filter: {}, messages }, "/messages"],
    [{ act: "discard", orders }, "/orders"],
    [{ act: "discard", messages: [] }, "/messages"],
    [{ act: "discard", messages: Array(501).fill(messages[0]) }, "/messages"],
    [{ act: "discard", messages: [{ failedKey: "k" }] }, "/messages/0/generation"],
    [{ act: "discard", filter: { job: "a b" } }, "/filter/job"],
    [{ act: "discard", filter: { consumer: "no-such" } }, "/consumer"],
    [{ act: "discard", filter: {}, ratePerSecond: 1_001 }, "/ratePerSecond"],
    [{ act: "discard", filter: {}, why: " " }, "/why"],
  ])("refuses %j", async (body, pointer) => {
    expect(await startJob(body)).toMatchObject({ status: 400, body: { code: "INVALID_REQUEST", pointer } });
    expect(rig.jobs.jobs.size).toBe(0);
  });
});

describe("an abort", () => {
  const acts = ["redrive", "discard", "republish"] as const;
  const start = (act: (typeof acts)[number]) => {
    const rows = parkedMany(rig, 300);
    for (const { orderId = "" } of rows) {
      const row = { ...order("x"), orderId, updatedAt: new Date(rig.clock.now() - 3_600_000).toISOString() };
      rig.tables.rows.orders.set(orderId, row);
    }
    const selection =
      act === "republish" ? { orders: { status: "PENDING", olderThanSeconds: 600 } } : { filter: {} };
    return startJob({ act, ...selection, ratePerSecond: 10 });
  };
  const acted = () => rig.out.lines().filter(({ failedKey, eventId }) => failedKey ?? eventId).length;

  test.each(acts)("of a %s that no function runs ends it at once", async (act) => {
    const { body } = await start(act);

    const aborted = await abort(body["jobId"]);

    expect(aborted).toMatchObject({
      status: 200,
      body: { status: "ABORTED", done: body["done"], abort: { by: OPERATOR, why: "the wrong filter" } },
    });
    rig.clock.advance(60_000);
    await invoke("maintenance", {});
    expect(await jobOf(body["jobId"])).toEqual(aborted.body);
    expect(rig.out.lines().filter(({ act: each }) => each === "abort")).toMatchObject([
      { jobId: body["jobId"], by: OPERATOR },
    ]);
  });

  test.each(acts)(
    "of a %s that a function runs ends it at its next save, between two messages",
    async (act) => {
      const { body } = await start(act);
      rig.clock.advance(60_000);
      const { promise: isReached, resolve: reached } = Promise.withResolvers<void>();
      let askedAt = 0;
      let saves = 0;
      rig.faults.after = (call) => {
        if (call !== "jobs.put" || ++saves !== 4) return;
        askedAt = rig.clock.now();
        reached();
      };

      const ends = await together(
        () => invoke("maintenance", {}),
        () => isReached.then(() => abort(body["jobId"])),
      );

      expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
      const job = await jobOf(body["jobId"]);
      expect(job).toMatchObject({ status: "ABORTED", abort: { by: OPERATOR } });
      expect(ends[1]).toMatchObject({ value: { body: job } });
      expect(Number(job["done"])).toBeGreaterThan(Number(body["done"]));
      // The clock adds up the waits of both functions.
      expect(Date.parse(String(job["endedAt"])) - askedAt).toBeLessThanOrEqual(2_500);
      if (act !== "republish") {
        const rows = [...rig.tables.rows.failed.values()].filter(({ status }) => status !== "OPEN");
        expect(rows).toHaveLength(Number(job["done"]));
      }
    },
  );

  test("repeated, or of a job that has ended, changes nothing", async () => {
    const { body } = await start("discard");
    const first = await abort(body["jobId"]);
    const ended = await discardMany();

    expect((await abort(body["jobId"], "again")).body).toEqual(first.body);
    rig.clock.advance(60_000);
    await invoke("maintenance", {});
    const done = await jobOf(ended.body["jobId"]);
    expect((await abort(ended.body["jobId"])).body).toEqual(done);
    expect(done).toMatchObject({ status: "DONE" });
    expect(acted()).toBe(300);
  });

  test("of a job whose function died takes effect once its lease is over", async () => {
    parkedMany(rig, 300);
    dieAt(rig, "before", 20, "failedMessages.put");
    await expect(discardMany({ ratePerSecond: 10 })).rejects.toThrow();
    const [jobId] = rig.jobs.jobs.keys();

    expect((await abort(jobId)).body).toMatchObject({ status: "RUNNING", abort: { by: OPERATOR } });
    rig.clock.advance(60_001);
    await invoke("maintenance", {});

    expect(await jobOf(jobId)).toMatchObject({ status: "ABORTED" });
    expect([...rig.tables.rows.failed.values()].filter(({ status }) => status === "DISCARDED")).toHaveLength(
      19,
    );
  });

  test("of an unknown job is refused", async () => {
    for (const key of ["none", "../x"])
      expect(await abort(key)).toMatchObject({ status: 404, body: { code: "JOB_NOT_FOUND" } });
  });
});

describe("jobs over the same messages at the same time", () => {
  test("discard each message once, and count it once", async () => {
    const rows = parkedMany(rig, 400);
    await discardMany({ ratePerSecond: 1 });
    await discardMany({ ratePerSecond: 1 });
    for (const [jobId, job] of rig.jobs.jobs) rig.jobs.jobs.set(jobId, { ...job, ratePerSecond: 100 });
    rig.clock.advance(60_000);

    await invoke("maintenance", {});

    const jobs = await Promise.all([...rig.jobs.jobs.keys()].map(jobOf));
    expect(jobs.map(({ status }) => status)).toEqual(["DONE", "DONE"]);
    const sum = (name: string) => jobs.reduce((all, job) => all + Number(job[name]), 0);
    expect(sum("done")).toBe(400);
    expect(sum("skipped")).toBeGreaterThan(0);
    for (const row of rows) {
      expect(rowOf(row)?.history.filter(({ act }) => act === "discard")).toHaveLength(1);
    }
  });
});

describe.each(["fails before", "loses the reply after", "dies before", "dies after"] as const)(
  "a job of 12 messages whose function %s a call, at each of its calls",
  (mode) => {
    const COUNT = 12;

    /** Fails the n-th call from now on; returns whether it was reached. */
    function breakCall(n: number): () => boolean {
      let [calls, replies] = [0, 0];
      let wasReached = false;
      const fail = () => {
        wasReached = true;
        rig.isDead = mode.startsWith("dies");
        throw new Error(mode);
      };
      rig.faults.before = () => {
        calls += 1;
        if (calls === n && mode.endsWith("before")) fail();
      };
      rig.faults.after = () => {
        replies += 1;
        if (replies === n && mode.endsWith("after")) fail();
      };
      return () => {
        rig.faults.before = () => {};
        rig.faults.after = () => {};
        return wasReached;
      };
    }

    /** Runs maintenance until no job is left. */
    async function toTheEnd(): Promise<void> {
      for (let minute = 0; minute < 4; minute++) {
        rig.clock.advance(60_001);
        await invoke("maintenance", {});
      }
    }

    test.each(["discard", "undo", "redrive"] as const)("a %s counts each message exactly", async (act) => {
      let n = 1;
      for (; n < 400; n += 3) {
        rig = newRig();
        const rows = parkedMany(rig, COUNT);
        if (act === "undo") await discardMany();
        rig.clock.advance(1);
        rig.jobs.jobs.clear();
        const wasReached = breakCall(n);
        await startJob({ act, filter: {}, ratePerSecond: 10 }).catch(() => undefined);
        if (!wasReached()) break;
        // The operator repeats a start that failed before its job was written.
        if (rig.jobs.jobs.size === 0) await startJob({ act, filter: {} });
        await toTheEnd();

        const [job] = rig.jobs.jobs.values();
        const at = `call ${n}`;
        expect(job?.status, at).toBe("DONE");
        expect(Number(job?.done) + Number(job?.refused), at).toBe(COUNT);
        expect(job?.skipped, at).toBe(0);
        for (const row of rows) {
          const own = rowOf(row)?.history.filter((entry) => entry.jobId === job?.jobId && entry.act === act);
          expect(own, `${at} of ${row.failedKey}`).toHaveLength(1);
        }
      }
      expect(n).toBeGreaterThan(30);
    });
  },
);
