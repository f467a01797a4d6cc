import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { JobPreview } from "../../functions/contract/operator-answers.ts";
import { newRepublishJob } from "../../functions/failures/domain/republish-job.ts";
import { eventOf, type Order } from "../../functions/orders/domain/order.ts";
import { order } from "../fixtures/events.ts";
import type { Answer } from "./api.ts";
import { jobOf, OPERATOR, operator, startJob } from "./operator-api.ts";
import { simulateQueues } from "./queue-simulator.ts";
import { invoke, newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const ORDERS = { status: "PENDING", olderThanSeconds: 600 };
const republish = (body: object = {}): Promise<Answer> =>
  startJob({ act: "republish", orders: ORDERS, why: "the mapping was off", ...body });
const published = () => rig.publisher.topic.map(({ id }) => id);

/** Orders without a transition for this many minutes, and without published events. */
function stale(count: number, changes: Partial<Order> = {}, minutes = 60): Order[] {
  const updatedAt = new Date(rig.clock.now() - minutes * 60_000).toISOString();
  return Array.from({ length: count }, (_, i) => {
    const row = { ...order(`s${i}${changes.status ?? ""}${minutes}`), updatedAt, ...changes };
    rig.tables.rows.orders.set(row.orderId, row);
    return row;
  });
}
const refusal = { kind: "refused", permanent: false, error: new Error("the topic is down") } as const;

describe("a republish", () => {
  test("publishes the latest event of each matching order and of no other", async () => {
    const wanted = stale(3);
    stale(2, {}, 5);
    stale(2, { status: "CONFIRMED", version: 2 });

    const { status, body } = await republish();

    expect(status).toBe(202);
    expect(body).toMatchObject({ status: "DONE", done: 3, refused: 0, by: OPERATOR });
    expect(published().sort()).toEqual(wanted.map((row) => eventOf(row).id).sort());
    expect(rig.out.lines().filter(({ act }) => act === "republish")).toHaveLength(3);
  });

  test("in a dry run reports the events and publishes none", async () => {
    const [first] = stale(7);

    const { status, body } = await republish({ dryRun: true });

    expect(status).toBe(200);
    expect(body).toMatchObject({ dryRun: true, total: 7, isComplete: true });
    const [{ samples = [] } = {}] = body["outcomes"] as JobPreview["outcomes"];
    expect(samples).toHaveLength(5);
    expect(samples).toContainEqual({ id: eventOf(first as Order).id });
    expect(published()).toEqual([]);
    expect(rig.jobs.jobs.size).toBe(0);
  });

  test("K21: in a dry run leaves out an order whose row another writer damaged", async () => {
    const [damaged, ...others] = stale(5);
    const { lines: _, ...rest } = damaged as Order;
    rig.tables.rows.orders.set(rest.orderId, rest as Order);

    const { status, body } = await republish({ dryRun: true });

    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 4, isComplete: true });
    const [{ samples = [] } = {}] = body["outcomes"] as JobPreview["outcomes"];
    expect(samples.map(({ id }) => id).sort()).toEqual(others.map((row) => eventOf(row).id).sort());
  });

  test("K21: parks an order whose row another writer damaged, and publishes the others", async () => {
    const [damaged, ...others] = stale(5);
    const { lines: _, ...rest } = damaged as Order;
    rig.tables.rows.orders.set(rest.orderId, rest as Order);

    const { body } = await republish();

    expect(body).toMatchObject({ status: "DONE", done: 4, refused: 1 });
    expect(published().sort()).toEqual(others.map((row) => eventOf(row).id).sort());
    expect([...rig.tables.rows.failed.values()]).toMatchObject([
      { status: "OPEN", consumer: "publish-events", reason: "INVALID_EVENT", orderId: rest.orderId },
    ]);
    expect(rig.out.text()).not.toContain("ada@example.com");
  });

  test("keeps its rate and continues each minute until it is done", async () => {
    stale(100);

    const { body } = await republish({ ratePerSecond: 2 });
    expect(body).toMatchObject({ status: "RUNNING" });
    for (let minute = 0; minute < 5 && (await jobOf(body["jobId"]))["status"] === "RUNNING"; minute++) {
      const before = published().length;
      const startedAt = rig.clock.now();
      rig.clock.advance(60_000);
      await invoke("maintenance", {});
      const seconds = (rig.clock.now() - startedAt) / 1_000 - 60;
      expect(published().length - before).toBeLessThanOrEqual(2 * seconds + 2);
    }

    expect(await jobOf(body["jobId"])).toMatchObject({ status: "DONE", done: 100 });
    expect(new Set(published()).size).toBe(100);
    expect(published()).toHaveLength(100);
  });

  test("advances in its turn where more jobs run than maintenance continues at once", async () => {
    stale(100);
    const jobIds = Array.from({ length: 23 }, (_, i) => `job-${i}`);
    for (const jobId of jobIds) {
      const orders = { status: "PENDING", olderThanSeconds: 600 } as const;
      await rig.jobs.put(
        newRepublishJob({ jobId, orders, ratePerSecond: 1, by: OPERATOR, why: "w" }, rig.clock.now()),
        undefined,
      );
    }

    for (let minute = 0; minute < 3; minute++) {
      rig.clock.advance(60_000);
      await invoke("maintenance", {});
    }

    const counts = await Promise.all(jobIds.map(async (jobId) => Number((await jobOf(jobId))["done"])));
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  test("processes and counts each order once, wherever it is interrupted", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 250 }),
        fc.integer({ min: 0, max: 250 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 0, max: 9 }),
        async (wanted, others, ratePerSecond, refusals) => {
          rig = newRig();
          stale(wanted);
          stale(others, { status: "CONFIRMED", version: 2 });
          let asked = 0;
          rig.publisher.refuse = () => (asked++ < refusals ? refusal : undefined);
          const dealt = () =>
            rig.out.lines().flatMap(({ act, eventId }) => (act === "republish" ? [eventId] : []));

          let { body } = await republish({ ratePerSecond });
          for (let minute = 0; minute < 10 && body["status"] === "RUNNING"; minute++) {
            expect(Number(body["done"]) + Number(body["refused"])).toBe(dealt().length);
            rig.clock.advance(60_000);
            await invoke("maintenance", {});
            body = await jobOf(body["jobId"]);
          }

          expect(Number(body["done"]) + Number(body["refused"])).toBe(dealt().length);
          expect(new Set(dealt()).size).toBe(dealt().length);
          if (body["status"] === "DONE") expect(dealt()).toHaveLength(wanted);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("parks events that the topic refuses; maintenance publishes them after the outage", async () => {
    const rows = stale(5);
    rig.publisher.refuse = () => refusal;

    const { body } = await republish();
    expect(body).toMatchObject({ status: "DONE", done: 0, refused: 5 });
    rig.publisher.refuse = () => undefined;
    rig.clock.advance(60 * 60_000);
    await invoke("maintenance", {});

    expect(published().sort()).toEqual(rows.map((row) => eventOf(row).id).sort());
    expect([...rig.tables.rows.failed.values()].map(({ status }) => status)).toEqual(
      rows.map(() => "RESOLVED"),
    );
  });

  test("stops when the topic refuses ten of its last fifty", async () => {
    stale(60);
    rig.publisher.refuse = () => refusal;

    const { body } = await republish();

    expect(body).toMatchObject({
      status: "STOPPED",
      refused: 10,
      stoppedBecause: expect.stringMatching(/refused 10/),
    });
    rig.clock.advance(60_000);
    rig.publisher.refuse = () => undefined;
    await invoke("maintenance", {});
    expect(await jobOf(body["jobId"])).toMatchObject({ status: "STOPPED", done: 0 });
  });

  test("is listed with the others, the newest first", async () => {
    await republish();
    rig.clock.advance(1);
    stale(100);
    await republish({ ratePerSecond: 1 });

    const { body } = await operator("GET /jobs");

    expect((body["jobs"] as { status: string }[]).map(({ status }) => status)).toEqual(["RUNNING", "DONE"]);
  });

  test.each([
    [{ orders: { ...ORDERS, status: "LOST" } }, "/orders/status"],
    [{ orders: { ...ORDERS, olderThanSeconds: 59 } }, "/orders/olderThanSeconds"],
    [{ orders: undefined }, "/orders"],
    [{ filter: {} }, "/filter"],
    [{ messages: [{ failedKey: "k", generation: 1 }] }, "/messages"],
    [{ ratePerSecond: 101 }, "/ratePerSecond"],
    [{ why: "" }, "/why"],
    [{ other: 1 }, "/other"],
  ])("is refused for %o", async (body, pointer) => {
    expect(await republish(body)).toMatchObject({ status: 400, body: { code: "INVALID_REQUEST", pointer } });
  });

  test("responds 404 for an unknown job", async () => {
    for (const key of ["none", "../x"]) {
      expect(await operator("GET /jobs/{jobId}", { key })).toMatchObject({
        status: 404,
        body: { code: "JOB_NOT_FOUND" },
      });
    }
  });
});

describe("a republish while any call fails", () => {
  const fault = fc.record({
    at: fc.integer({ min: 1, max: 60 }),
    moment: fc.constantFrom("before" as const, "after" as const),
    kind: fc.constantFrom("fails" as const, "dies" as const),
  });

  test("E10: the job ends, each order is processed once, and no row stays open", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 25 }),
        fc.array(fault, { maxLength: 6 }),
        fc.integer({ min: 0, max: 5 }),
        async (count, faults, refused) => {
          rig = newRig();
          await rig.tables.stock.count("TEA-1", 1_000);
          const rows = stale(count);
          let calls = 0;
          const strike = (moment: "before" | "after") => {
            if (moment === "before") calls += 1;
            const hit = faults.find((each) => each.at === calls && each.moment === moment);
            if (hit === undefined) return;
            rig.isDead = hit.kind === "dies";
            throw new Error("struck");
          };
          rig.faults.before = () => strike("before");
          rig.faults.after = () => strike("after");
          let refusals = 0;
          rig.publisher.refuse = () => (refusals++ < refused ? refusal : undefined);

          await republish({ ratePerSecond: 100 }).catch(() => undefined);
          const simulation = simulateQueues(rig);
          for (let minute = 0; minute < 3; minute++) {
            rig.clock.advance(60_001);
            await invoke("maintenance", {}).catch(() => undefined);
          }
          rig.faults.before = () => {};
          rig.faults.after = () => {};
          // The operator repeats a start that failed before its job was written.
          if (rig.jobs.jobs.size === 0) await republish();
          rig.clock.advance(3_600_001);
          await simulation.drain();

          expect([...rig.jobs.jobs.values()].map(({ status }) => status)).not.toContain("RUNNING");
          for (const { orderId } of rows) {
            expect(rig.tables.rows.orders.get(orderId)).toMatchObject({ status: "CONFIRMED", version: 2 });
          }
          expect(rig.tables.rows.stock.get("TEA-1")).toMatchObject({ held: count, available: 1_000 - count });
          const open = [...rig.tables.rows.failed.values()].filter(({ status }) => status !== "RESOLVED");
          expect(open).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
