import { beforeEach, describe, expect, test } from "vitest";
import { created, order } from "../fixtures/events.ts";
import { jobOf, parked, parkedMany, redriveMany, startJob } from "./operator-api.ts";
import { invoke, newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const ago = (minutes: number) => new Date(rig.clock.now() - minutes * 60_000).toISOString();
const stored = async (jobId: unknown) => {
  const job = await rig.jobs.get(String(jobId));
  if (job === undefined) throw new Error(`There is no job ${jobId}.`);
  return job;
};
const rowOf = (key: string) => rig.tables.rows.failed.get(key);

/** An event that the topic refused. */
function unpublished(name: string) {
  const event = created(order(name));
  return parked(rig, order(name), {
    consumer: "publish-events",
    failedKey: `publish-events~${event.id}`,
    reason: "PUBLISH_FAILED",
    lastAt: ago(5),
    dueAt: ago(5),
  }).failedKey;
}

/** A redriven message without an outcome. */
const lost = (name: string) => parked(rig, order(name), { dueAt: ago(1) }, "REDRIVEN").failedKey;

test("C7: every kind of work continues each minute, regardless of how long a redrive and a republish take", async () => {
  parkedMany(rig, 2_000);
  const updatedAt = ago(60);
  for (let i = 0; i < 500; i++) {
    const row = { ...order(`s${i}`), updatedAt };
    rig.tables.rows.orders.set(row.orderId, row);
  }
  await redriveMany({ ratePerSecond: 1 });
  const orders = { status: "PENDING", olderThanSeconds: 600 };
  await startJob({ act: "republish", orders, ratePerSecond: 1 });
  const doneBy = (act: string) => [...rig.jobs.jobs.values()].find((job) => job.act === act)?.done ?? 0;
  const done = () => ({ sent: doneBy("redrive"), published: doneBy("republish") });

  for (let minute = 0; minute < 4; minute++) {
    rig.clock.advance(60_000);
    const [waiting, overdue] = [unpublished(`w${minute}`), lost(`l${minute}`)];
    const before = done();

    await invoke("maintenance", {}, 50_000);

    const after = done();
    expect(after.sent - before.sent, "redriven").toBeGreaterThanOrEqual(8);
    expect(after.published - before.published, "published again").toBeGreaterThanOrEqual(8);
    expect(rowOf(waiting)?.status, "published that was parked").toBe("RESOLVED");
    expect(rowOf(overdue)?.reason, "swept").toBe("NEVER_RETURNED");
  }
});

describe("later runs process rows that one run does not reach", () => {
  /** Rows that wait for an operator, before all others; each read of them takes time. */
  function slowRows(call: string, ms: number, changes: object = {}) {
    const rows = parkedMany(rig, 1_000, (i) => ({
      dueAt: ago(60),
      failedKey: `order-created~n${i}`,
      ...changes,
    }));
    for (const { orderId = "" } of rows) rig.tables.rows.orders.set(orderId, { ...order("x"), orderId });
    rig.faults.after = (name) => {
      if (name === call) rig.clock.advance(ms);
    };
  }
  const minutes = async (count: number) => {
    for (let minute = 0; minute < count; minute++) {
      rig.clock.advance(60_000);
      await invoke("maintenance", {}, 50_000);
    }
  };

  test("C7: an open row beyond the limit of one run is resolved once its order shows the effect", async () => {
    slowRows("orders.getMany", 400);
    const confirmed = order("last", { status: "CONFIRMED", version: 2 });
    rig.tables.rows.orders.set(confirmed.orderId, confirmed);
    const { failedKey } = parked(rig, confirmed, { dueAt: ago(30) });

    await minutes(1);
    expect(rowOf(failedKey)?.status, "after one pass").toBe("OPEN");
    await minutes(4);

    expect(rowOf(failedKey)).toMatchObject({ status: "RESOLVED" });
  });

  test("C7: an unpublished event is published regardless of the number of rows before it", async () => {
    slowRows("failedMessages.list", 9_000, { consumer: "publish-events", lastAt: ago(-60) });
    const key = unpublished("last");

    await minutes(1);
    expect(rowOf(key)?.status, "after one pass").toBe("OPEN");
    await minutes(4);

    expect(rowOf(key)?.status).toBe("RESOLVED");
  });

  test("a row that fails in each run does not block the rows after it", async () => {
    parkedMany(rig, 300, (i) => ({ dueAt: ago(60), failedKey: `order-created~n${i}` }));
    const confirmed = order("last", { status: "CONFIRMED", version: 2 });
    rig.tables.rows.orders.set(confirmed.orderId, confirmed);
    const { failedKey } = parked(rig, confirmed, { dueAt: ago(30) });
    rig.faults.before = (call) => {
      if (call === "orders.getMany" && rig.calls.filter((name) => name === call).length % 25 === 1) {
        throw new Error("this one never works");
      }
    };

    for (let pass = 0; pass < 4; pass++) await minutes(1).catch(() => {});

    expect(rowOf(failedKey)).toMatchObject({ status: "RESOLVED" });
  });

  test("the oldest rows follow the last ones, in the same run if time is left", async () => {
    slowRows("orders.getMany", 400);
    await minutes(1);
    const [first] = rig.tables.rows.failed.values();
    const orderId = first?.orderId ?? "";
    rig.tables.rows.orders.set(orderId, { ...order("x"), orderId, status: "CONFIRMED", version: 2 });
    rig.faults.after = () => {};

    await minutes(1);

    expect(rowOf(first?.failedKey ?? "")?.status).toBe("RESOLVED");
  });
});

describe("a redrive uses all the time that other jobs leave", () => {
  const RATE = { ratePerSecond: 1, filter: { consumer: "order-created" } };
  const SECONDS = 47;
  const sent = async (jobId: unknown) => Number((await jobOf(jobId))["done"]);

  test("when it is the only job", async () => {
    parkedMany(rig, 200);
    const { body } = await redriveMany(RATE);
    rig.clock.advance(60_000);

    await invoke("maintenance", {}, 50_000);

    expect((await sent(body["jobId"])) - Number(body["done"])).toBeGreaterThanOrEqual(SECONDS - 2);
  });

  test("when another job finishes soon", async () => {
    parkedMany(rig, 200);
    const { body } = await redriveMany(RATE);
    for (let i = 0; i < 8; i++)
      parked(rig, order(`r${i}`), { consumer: "order-cancelled", failedKey: `r${i}` });
    await redriveMany({ ...RATE, filter: { consumer: "order-cancelled" } });
    const before = await sent(body["jobId"]);
    rig.clock.advance(60_000);

    await invoke("maintenance", {}, 50_000);

    // The clock adds up the waits of the two concurrent jobs.
    expect((await sent(body["jobId"])) - before).toBeGreaterThanOrEqual(SECONDS - 8);
  });

  test("when another job fails", async () => {
    parkedMany(rig, 200);
    const { body } = await redriveMany(RATE);
    rig.jobs.jobs.set("broken", { ...(await stored(body["jobId"])), jobId: "broken" });
    rig.clock.advance(60_000);
    let looks = 0;
    rig.faults.before = (call) => {
      // The latest job is read first.
      if (call === "jobs.get" && ++looks === 1) throw new Error("throttled");
    };

    await expect(invoke("maintenance", {}, 50_000)).rejects.toThrow("These tasks failed: jobs.");

    const [one = 0, other = 0] = await Promise.all([sent(body["jobId"]), sent("broken")]);
    expect(Math.max(one, other) - Number(body["done"])).toBeGreaterThanOrEqual(SECONDS - 2);
  });

  test("and no more, when no message matches its filter", async () => {
    parkedMany(rig, 12_000);
    const { body } = await redriveMany({ ...RATE, ratePerSecond: 100 });
    const job = await stored(body["jobId"]);
    if (job.act === "republish") throw new Error("It is a redrive.");
    rig.jobs.jobs.set(job.jobId, { ...job, filter: { consumer: "order-cancelled" } });
    rig.clock.advance(60_000);
    const startedAt = rig.clock.now();
    rig.faults.after = (call) => {
      if (call === "failedMessages.list") rig.clock.advance(2_000);
    };

    await invoke("maintenance", {}, 50_000);

    expect(rig.clock.now() - startedAt).toBeLessThanOrEqual(50_000);
    expect(await jobOf(body["jobId"])).toMatchObject({ status: "RUNNING" });
  });
});
