import { beforeEach, describe, expect, test } from "vitest";
import type { FailedMessage } from "../../functions/domain/failed-message.ts";
import { order } from "../fixtures/events.ts";
import { OPERATOR, ops, parked, together } from "./ops.ts";
import { invoke, newRig, type Rig } from "./rig.ts";
import { worldOver } from "./world.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

/** Parked creations of orders that are PENDING. */
function many(count: number, changes: (i: number) => Partial<FailedMessage> = () => ({})): FailedMessage[] {
  return Array.from({ length: count }, (_, i) => {
    const row = order(`n${i}`);
    rig.tables.rows.orders.set(row.orderId, row);
    return parked(rig, row, changes(i));
  });
}
const start = (body: object = {}) =>
  ops("POST /redrives", { body: { filter: {}, why: "the bug is mended", ...body } });
const job = async (id: unknown) => (await ops("GET /redrives/{jobId}", { key: String(id) })).body;
const statuses = () => Object.groupBy(rig.tables.rows.failed.values(), ({ status }) => status);

describe("POST /failed-messages/redrives", () => {
  test("is through at once with a small set, and says what it did", async () => {
    many(3);

    const { status, body } = await start();

    expect(status).toBe(202);
    expect(body).toMatchObject({
      jobId: expect.any(String),
      status: "DONE",
      total: 3,
      sent: 3,
      resolved: 0,
      refused: 0,
      cameBack: 0,
      ratePerSecond: 10,
      by: OPERATOR,
      why: "the bug is mended",
    });
    expect(rig.queues.sent).toHaveLength(3);
    expect(statuses().REDRIVEN).toHaveLength(3);
  });

  test("takes what the filter takes, and nothing else", async () => {
    many(6, (i) => ({ reason: i < 2 ? "STATE_CONFLICT" : "UNKNOWN_ORDER" }));

    await start({ filter: { reason: "STATE_CONFLICT" } });

    expect(rig.queues.sent).toHaveLength(2);
    expect(statuses().OPEN).toHaveLength(4);
  });

  test("E7: a dry run counts what would happen to each, and changes nothing", async () => {
    const all = many(7);
    for (const { orderId = "" } of all.slice(0, 2)) {
      rig.tables.rows.orders.set(orderId, { ...order("x"), orderId, status: "CONFIRMED", version: 2 });
    }
    parked(rig, order("bad"), { failedKey: "order-created~bad", body: "{" });
    const before = structuredClone([...rig.tables.rows.failed]);

    expect(await start({ dryRun: true })).toMatchObject({
      status: 200,
      body: {
        dryRun: true,
        total: 8,
        send: { count: 5 },
        resolve: { count: 2, samples: [{ because: "the order is CONFIRMED" }, {}] },
        refuse: { count: 1, samples: [{ failedKey: "order-created~bad" }] },
        isComplete: true,
      },
    });
    expect([...rig.tables.rows.failed]).toEqual(before);
    expect(rig.queues.sent).toEqual([]);
    expect(rig.redriveJobs.jobs.size).toBe(0);
  });

  test("E8: a filter that takes nothing says so, and leaves no job", async () => {
    many(1);

    expect(await start({ filter: { reason: "EXPIRED" } })).toMatchObject({
      status: 200,
      body: { status: "DONE", total: 0, sent: 0, stoppedBecause: "no open message is taken by the filter" },
    });
    expect(rig.redriveJobs.jobs.size).toBe(0);
  });

  test.each([
    [{ filter: { reason: "BORED" } }, "/filter/reason"],
    [{ filter: { color: "red" } }, "/filter/color"],
    [{ filter: undefined }, "/filter"],
    [{ why: undefined }, "/why"],
    [{ ratePerSecond: 0 }, "/ratePerSecond"],
    [{ ratePerSecond: 101 }, "/ratePerSecond"],
  ])("refuses %o", async (body, pointer) => {
    expect(await start(body)).toMatchObject({ status: 400, body: { pointer } });
  });

  test("is refused before it begins where the queue is gone", async () => {
    many(2);
    rig.faults.before = (call) => {
      if (call === "queues.backlog") throw Object.assign(new Error("gone"), { name: "QueueDoesNotExist" });
    };

    expect(await start()).toMatchObject({ status: 422, body: { code: "REDRIVE_REFUSED" } });
    expect(statuses().OPEN).toHaveLength(2);
    expect(rig.redriveJobs.jobs.size).toBe(0);
  });
});

/** A consumer that parks what it is sent at once: its cause is not mended. */
function comesBack(isBad: (sends: number) => boolean = () => true): void {
  let sends = 0;
  rig.faults.after = (call) => {
    if (call !== "queues.send") return;
    sends += 1;
    const row = rig.tables.rows.failed.get(String(rig.queues.sent[sends - 1]?.attributes["failedKey"]));
    if (row === undefined || !isBad(sends)) return;
    const opened = { status: "OPEN", generation: row.generation + 1, revision: row.revision + 1 } as const;
    const dueAt = new Date(rig.clock.now() + 1).toISOString();
    rig.tables.rows.failed.set(row.failedKey, { ...row, ...opened, dueAt });
  };
}

describe("a long redrive", () => {
  test("E8: sends no more in a second than its rate, and goes on each minute until it is done", async () => {
    many(200);
    const sentAt: number[] = [];
    rig.faults.after = (call) => {
      if (call === "queues.send") sentAt.push(rig.clock.now());
    };

    const { body } = await start({ ratePerSecond: 2 });
    expect(body).toMatchObject({ status: "RUNNING", total: 200 });
    const shares = [Number(body["sent"])];
    for (let minute = 0; minute < 10; minute++) {
      rig.clock.advance(60_000);
      await invoke("republish", {});
      const { sent, status } = await job(body["jobId"]);
      shares.push(Number(sent));
      if (status === "DONE") break;
    }

    expect(await job(body["jobId"])).toMatchObject({ status: "DONE", sent: 200, refused: 0 });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.length).toBeGreaterThan(3);
    expect(rig.queues.sent).toHaveLength(200);
    for (const [i, at] of sentAt.entries()) {
      const next = sentAt[i + 3];
      if (next !== undefined) expect(next - at).toBeGreaterThanOrEqual(1_000);
    }
  });

  test("is stopped when what it sends comes back, and the rest stays as it was", async () => {
    many(300);
    comesBack();

    const { body } = await start();

    expect(body).toMatchObject({ status: "STOPPED", stoppedBecause: expect.stringMatching(/came back/) });
    expect(Number(body["sent"])).toBeLessThan(40);
    expect(Number(body["cameBack"])).toBeGreaterThanOrEqual(10);
    rig.clock.advance(60_000);
    const before = rig.queues.sent.length;
    await invoke("republish", {});
    expect(rig.queues.sent).toHaveLength(before);
  });

  test("sends nothing twice: what came back since it began is not its own any more", async () => {
    many(150);
    comesBack((sends) => sends <= 5);

    const { body } = await start({ ratePerSecond: 100 });

    expect(body).toMatchObject({ status: "DONE", total: 150, sent: 150, cameBack: 5 });
    expect(rig.queues.sent).toHaveLength(150);
    expect(statuses().OPEN).toHaveLength(5);
  });

  test("is stopped when what it would send is refused", async () => {
    many(60, () => ({ body: "{" }));

    expect((await start()).body).toMatchObject({
      status: "STOPPED",
      sent: 0,
      stoppedBecause: expect.stringMatching(/were refused/),
    });
  });

  test("is worked on by one function at a time", async () => {
    many(100);
    const { body } = await start({ ratePerSecond: 5 });
    rig.clock.advance(60_000);

    const minute = () => invoke("republish", {});
    const ends = await together(minute, minute);

    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    const keys = rig.queues.sent.map(({ attributes }) => attributes["failedKey"]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(await job(body["jobId"])).toMatchObject({ status: "DONE", sent: 100 });
  });

  test.each(["before", "after"] as const)("goes on after its function died %s a send", async (moment) => {
    many(60);
    let sends = 0;
    rig.faults[moment] = (call) => {
      if (call !== "queues.send") return;
      sends += 1;
      if (sends !== 20) return;
      rig.isDead = true;
      throw new Error("The process has ended.");
    };
    await expect(start()).rejects.toThrow();
    const [id] = rig.redriveJobs.jobs.keys();
    for (let minute = 0; minute < 3; minute++) {
      rig.clock.advance(60_001);
      await invoke("republish", {});
    }

    expect(await job(id)).toMatchObject({ status: "DONE" });
    const keys = rig.queues.sent.map(({ attributes }) => attributes["failedKey"]);
    expect(new Set(keys).size).toBe(moment === "before" ? 59 : 60);
    // The one that was marked and not sent is opened once it is overdue: nothing is lost.
    rig.clock.advance(3_600_001);
    await invoke("republish", {});
    expect(statuses().OPEN?.map(({ reason }) => reason)).toContain("NEVER_RETURNED");
  });

  test("E9: three times over does what once does", async () => {
    many(20);
    await rig.tables.stock.count("TEA-1", 20);
    const world = worldOver(rig);
    await start();
    await world.drain();
    const after = structuredClone([
      ...rig.tables.rows.orders,
      ...rig.tables.rows.stock,
      ...rig.tables.rows.failed,
    ]);

    const again = [await start(), await start()];
    await world.drain();

    expect(again.map(({ body }) => body["total"])).toEqual([0, 0]);
    expect([...rig.tables.rows.orders, ...rig.tables.rows.stock, ...rig.tables.rows.failed]).toEqual(after);
    expect(rig.tables.rows.stock.get("TEA-1")?.held).toBe(20);
  });
});

describe("GET /failed-messages/redrives", () => {
  test("shows what runs and what is done, and 404 for what is not there", async () => {
    many(100);
    const running = await start({ ratePerSecond: 1, filter: { consumer: "order-created" } });

    expect((await ops("GET /redrives")).body).toMatchObject({
      redrives: [{ jobId: running.body["jobId"], status: "RUNNING", filter: { consumer: "order-created" } }],
    });
    expect(Object.keys(running.body)).not.toContain("recent");
    const missing = await ops("GET /redrives/{jobId}", { key: "no-such" });
    expect(missing).toMatchObject({ status: 404, body: { code: "REDRIVE_JOB_NOT_FOUND" } });
  });
});
