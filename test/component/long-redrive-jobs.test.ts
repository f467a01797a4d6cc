import { beforeEach, describe, expect, test } from "vitest";
import { jobOf, parkedMany, redriveMany, together } from "./operator-api.ts";
import { simulateQueues } from "./queue-simulator.ts";
import { dieAt, invoke, newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const statuses = () => Object.groupBy(rig.tables.rows.failed.values(), ({ status }) => status);

/** A consumer that parks each message at once, because its cause is not fixed. */
function comesBack(isBad: (sends: number) => boolean = () => true, parkedAt?: Date): void {
  let sends = 0;
  rig.faults.after = (call) => {
    if (call !== "queues.send") return;
    sends += 1;
    const row = rig.tables.rows.failed.get(String(rig.queues.sent[sends - 1]?.attributes["failedKey"]));
    if (row === undefined || !isBad(sends)) return;
    const opened = { status: "OPEN", generation: row.generation + 1, revision: row.revision + 1 } as const;
    const dueAt = (parkedAt ?? new Date(rig.clock.now() + 1)).toISOString();
    rig.tables.rows.failed.set(row.failedKey, { ...row, ...opened, dueAt });
  };
}

describe("a long redrive", () => {
  test("E7: keeps its rate per second and continues each minute until it is done", async () => {
    parkedMany(rig, 200);
    const sentAt: number[] = [];
    rig.faults.after = (call) => {
      if (call === "queues.send") sentAt.push(rig.clock.now());
    };

    const { body } = await redriveMany({ ratePerSecond: 2 });
    expect(body).toMatchObject({ status: "RUNNING", total: 200, isClaimed: false });
    const shares = [Number(body["done"])];
    for (let minute = 0; minute < 10; minute++) {
      rig.clock.advance(60_000);
      await invoke("maintenance", {});
      const { done, status } = await jobOf(body["jobId"]);
      shares.push(Number(done));
      if (status === "DONE") break;
    }

    expect(await jobOf(body["jobId"])).toMatchObject({ status: "DONE", done: 200, refused: 0 });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.length).toBeGreaterThan(3);
    expect(rig.queues.sent).toHaveLength(200);
    for (const [i, at] of sentAt.entries()) {
      const next = sentAt[i + 3];
      if (next !== undefined) expect(next - at).toBeGreaterThanOrEqual(1_000);
    }
  });

  test("stops when its messages fail again, and leaves the rest unchanged", async () => {
    parkedMany(rig, 300);
    comesBack();

    const { body } = await redriveMany();

    expect(body).toMatchObject({ status: "STOPPED", stoppedBecause: expect.stringMatching(/failed again/) });
    expect(Number(body["done"])).toBeLessThan(40);
    expect(Number(body["failedAgain"])).toBeGreaterThanOrEqual(10);
    rig.clock.advance(60_000);
    const before = rig.queues.sent.length;
    await invoke("maintenance", {});
    expect(rig.queues.sent).toHaveLength(before);
  });

  test("sends no message twice, because messages that failed since its start are excluded", async () => {
    parkedMany(rig, 150);
    comesBack((sends) => sends <= 5);

    const { body } = await redriveMany({ ratePerSecond: 100 });

    expect(body).toMatchObject({ status: "DONE", total: 150, done: 150, failedAgain: 5 });
    expect(rig.queues.sent).toHaveLength(150);
    expect(statuses().OPEN).toHaveLength(5);
  });

  test("counts a message once that a clock behind its start opened again", async () => {
    const earlier = new Date(rig.clock.now() - 60_000).toISOString();
    // More than a page, so that the listing is read on after the first message failed again.
    parkedMany(rig, 501, () => ({ dueAt: earlier }));
    comesBack((sends) => sends === 1, new Date(rig.clock.now()));

    const { body } = await redriveMany({ ratePerSecond: 100 });

    expect(body).toMatchObject({ status: "DONE", total: 501, done: 501, skipped: 0, failedAgain: 1 });
    expect(rig.queues.sent).toHaveLength(501);
  });

  test("stops when its messages are refused", async () => {
    parkedMany(rig, 60, () => ({ body: "{" }));

    expect((await redriveMany()).body).toMatchObject({
      status: "STOPPED",
      done: 0,
      stoppedBecause: expect.stringMatching(/were refused/),
    });
  });

  test("is run by one function at a time", async () => {
    parkedMany(rig, 80);
    const { body } = await redriveMany({ ratePerSecond: 5 });
    rig.clock.advance(60_000);

    const minute = () => invoke("maintenance", {});
    const ends = await together(minute, minute);

    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    const keys = rig.queues.sent.map(({ attributes }) => attributes["failedKey"]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(await jobOf(body["jobId"])).toMatchObject({ status: "DONE", done: 80 });
  });

  test.each(["before", "after"] as const)(
    "continues after its function crashed %s a send",
    async (moment) => {
      parkedMany(rig, 60);
      dieAt(rig, moment, 20, "queues.send");
      await expect(redriveMany()).rejects.toThrow();
      const [id] = rig.jobs.jobs.keys();
      expect(await jobOf(id)).toMatchObject({ status: "RUNNING", isClaimed: true });
      for (let minute = 0; minute < 3; minute++) {
        rig.clock.advance(60_001);
        await invoke("maintenance", {});
      }

      expect(await jobOf(id)).toMatchObject({ status: "DONE" });
      const keys = rig.queues.sent.map(({ attributes }) => attributes["failedKey"]);
      expect(new Set(keys).size).toBe(moment === "before" ? 59 : 60);
      // A row that was marked and not sent is opened once it is overdue.
      rig.clock.advance(3_600_001);
      await invoke("maintenance", {});
      expect(statuses().OPEN?.map(({ reason }) => reason)).toContain("NEVER_RETURNED");
    },
  );

  test("E9: three times has one effect", async () => {
    parkedMany(rig, 20);
    await rig.tables.stock.count("TEA-1", 20);
    const simulation = simulateQueues(rig);
    await redriveMany();
    await simulation.drain();
    const after = structuredClone([
      ...rig.tables.rows.orders,
      ...rig.tables.rows.stock,
      ...rig.tables.rows.failed,
    ]);

    const again = [await redriveMany(), await redriveMany()];
    await simulation.drain();

    expect(again.map(({ body }) => body["total"])).toEqual([0, 0]);
    expect([...rig.tables.rows.orders, ...rig.tables.rows.stock, ...rig.tables.rows.failed]).toEqual(after);
    expect(rig.tables.rows.stock.get("TEA-1")?.held).toBe(20);
  });
});

describe("a redrive of more messages than can be counted in time", () => {
  test("starts without a total and responds before its function times out", async () => {
    parkedMany(rig, 1_200);
    rig.faults.after = (call) => {
      // Each page of the listing takes two seconds.
      if (call === "failedMessages.list") rig.clock.advance(2_000);
    };
    const startedAt = rig.clock.now();

    const { status, body } = await redriveMany({ ratePerSecond: 100 });

    expect(status).toBe(202);
    expect(body).toMatchObject({ status: "RUNNING" });
    expect(body).not.toHaveProperty("total");
    expect(rig.clock.now() - startedAt).toBeLessThan(10_000);
  });
});

describe("the messages that a running redrive reads", () => {
  test("are at most as many as it sends in a second", async () => {
    parkedMany(rig, 1_000);

    const { body } = await redriveMany({ ratePerSecond: 100 });

    expect(body["status"]).toBe("RUNNING");
    const count = (call: string) => rig.calls.filter((each) => each === call).length;
    // Each message is read once when it is marked; the other reads are at each save and each page.
    const looks = count("failedMessages.get") - Number(body["done"]);
    expect(count("jobs.put")).toBeGreaterThan(5);
    expect(looks).toBeGreaterThan(300);
    expect(looks).toBeLessThanOrEqual(100 * (count("jobs.put") + count("failedMessages.list")));
  });
});
