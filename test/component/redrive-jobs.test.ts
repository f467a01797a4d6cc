import { beforeEach, describe, expect, test } from "vitest";
import { order } from "../fixtures/events.ts";
import { jobOf, OPERATOR, operator, parked, parkedMany, redriveMany } from "./operator-api.ts";
import { invoke, newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const statuses = () => Object.groupBy(rig.tables.rows.failed.values(), ({ status }) => status);

describe("POST /jobs with a redrive", () => {
  test("finishes a small set at once and reports the result", async () => {
    parkedMany(rig, 3);

    const { status, body } = await redriveMany();

    expect(status).toBe(202);
    expect(body).toMatchObject({
      jobId: expect.any(String),
      status: "DONE",
      act: "redrive",
      total: 3,
      done: 3,
      resolved: 0,
      refused: 0,
      skipped: 0,
      failedAgain: 0,
      ratePerSecond: 10,
      by: OPERATOR,
      why: "the bug is fixed",
    });
    expect(rig.queues.sent).toHaveLength(3);
    expect(statuses().REDRIVEN).toHaveLength(3);
  });

  test("E7: redrives only messages that match the filter", async () => {
    parkedMany(rig, 6, (i) => ({ reason: i < 2 ? "STATE_CONFLICT" : "UNKNOWN_ORDER" }));

    await redriveMany({ filter: { reason: "STATE_CONFLICT" } });

    expect(rig.queues.sent).toHaveLength(2);
    expect(statuses().OPEN).toHaveLength(4);
  });

  test("E7: a dry run counts the outcome of each message and changes nothing", async () => {
    const all = parkedMany(rig, 7);
    for (const { orderId = "" } of all.slice(0, 2)) {
      rig.tables.rows.orders.set(orderId, { ...order("x"), orderId, status: "CONFIRMED", version: 2 });
    }
    parked(rig, order("bad"), { failedKey: "order-created~bad", body: "{" });
    const before = structuredClone([...rig.tables.rows.failed]);

    expect(await redriveMany({ dryRun: true })).toMatchObject({
      status: 200,
      body: {
        dryRun: true,
        total: 8,
        outcomes: [
          { outcome: "send", count: 5 },
          { outcome: "resolve", count: 2, samples: [{ because: "the order is CONFIRMED" }, {}] },
          { outcome: "refuse", count: 1, samples: [{ id: "order-created~bad" }] },
        ],
        isComplete: true,
      },
    });
    expect([...rig.tables.rows.failed]).toEqual(before);
    expect(rig.queues.sent).toEqual([]);
    expect(rig.jobs.jobs.size).toBe(0);
  });

  test("a dry run warns of messages whose order is still unknown", async () => {
    const { failedKey: id } = parked(rig, order("lost"), { reason: "UNKNOWN_ORDER" });

    const { body } = await redriveMany({ dryRun: true });

    expect(body["outcomes"]).toContainEqual({
      outcome: "send",
      count: 1,
      samples: [{ id, because: expect.stringContaining("fails again as UNKNOWN_ORDER") }],
    });
  });

  test("a redrive reports why it refused messages", async () => {
    parkedMany(rig, 1);
    for (const name of ["bad", "worse"]) parked(rig, order(name), { body: "{" });

    const { body } = await redriveMany();

    expect(body).toMatchObject({ status: "DONE", done: 1, refused: 2 });
    expect(body["refusals"]).toEqual([
      {
        because: expect.stringMatching(/^It would fail as MALFORMED_JSON: .* Edit or discard it\.$/),
        count: 2,
      },
    ]);
    expect(await jobOf(body["jobId"])).toEqual(body);
  });

  test("a filter without a match reports it and creates no job", async () => {
    parkedMany(rig, 1);

    expect(await redriveMany({ filter: { reason: "EXPIRED" } })).toMatchObject({
      status: 200,
      body: { status: "DONE", total: 0, done: 0, stoppedBecause: "no open message matches the filter" },
    });
    expect(rig.jobs.jobs.size).toBe(0);
  });

  test.each([
    [{ filter: { reason: "BORED" } }, "/filter/reason"],
    [{ filter: { color: "red" } }, "/filter/color"],
    [{ filter: undefined }, "/filter"],
    [{ why: undefined }, "/why"],
    [{ ratePerSecond: 0 }, "/ratePerSecond"],
    [{ ratePerSecond: 101 }, "/ratePerSecond"],
  ])("refuses %o", async (body, pointer) => {
    expect(await redriveMany(body)).toMatchObject({ status: 400, body: { pointer } });
  });

  test("is refused before it starts where the queue is missing", async () => {
    parkedMany(rig, 2);
    rig.faults.before = (call) => {
      if (call === "queues.backlog") throw Object.assign(new Error("gone"), { name: "QueueDoesNotExist" });
    };

    expect(await redriveMany()).toMatchObject({ status: 422, body: { code: "REDRIVE_REFUSED" } });
    expect(statuses().OPEN).toHaveLength(2);
    expect(rig.jobs.jobs.size).toBe(0);
  });
});

describe("GET /jobs", () => {
  test("lists running and finished jobs, and responds 404 for an unknown one", async () => {
    parkedMany(rig, 100);
    const running = await redriveMany({ ratePerSecond: 1, filter: { consumer: "order-created" } });

    expect((await operator("GET /jobs")).body).toMatchObject({
      jobs: [{ jobId: running.body["jobId"], status: "RUNNING", filter: { consumer: "order-created" } }],
    });
    expect(Object.keys(running.body)).not.toContain("recent");
    const missing = await operator("GET /jobs/{jobId}", { key: "no-such" });
    expect(missing).toMatchObject({ status: 404, body: { code: "JOB_NOT_FOUND" } });
  });

  test("lists the newest first, with the same counts as each job's own page", async () => {
    const [row] = parkedMany(rig, 3);
    const first = await redriveMany();
    rig.clock.advance(1_000);
    parkedMany(rig, 100);
    const second = await redriveMany({ ratePerSecond: 1 });
    const key = row?.failedKey ?? "";
    const sent = rig.tables.rows.failed.get(key);
    if (sent !== undefined) rig.tables.rows.failed.set(key, { ...sent, status: "OPEN", generation: 2 });

    const { body } = await operator("GET /jobs");

    const ids = [second, first].map((each) => String(each.body["jobId"]));
    const alone = await Promise.all(ids.map((id) => operator("GET /jobs/{jobId}", { key: id })));
    expect(body["jobs"]).toEqual(alone.map((each) => each.body));
    expect(alone[1]?.body).toMatchObject({ jobId: ids[1], status: "DONE", failedAgain: 1 });
  });

  test("bounds the rows read for a list and counts each job completely or not at all", async () => {
    for (let i = 0; i < 5; i++) {
      parkedMany(rig, 300);
      await redriveMany({ ratePerSecond: 100 });
      rig.clock.advance(60_000);
      await invoke("maintenance", {});
    }
    rig.calls.length = 0;

    const { body } = await operator("GET /jobs");

    expect(body["jobs"]).toHaveLength(5);
    const looks = rig.calls.filter((call) => call === "failedMessages.get").length;
    expect(looks).toBeGreaterThan(500);
    expect(looks).toBeLessThanOrEqual(1_000);
    expect(looks % 300).toBe(0);
  });
});
