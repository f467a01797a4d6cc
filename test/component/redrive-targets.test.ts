import { beforeEach, describe, expect, test } from "vitest";
import { created, order } from "../fixtures/events.ts";
import { ops, parked, redrive, redriveMany } from "./operator-api.ts";
import { newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const row = order("1");
/** A parked creation that could be redriven, and the check of its target. */
const TARGETS = [
  ["queue", "order-created", "queues.backlog", "The queue of order-created does not exist"],
  ["topic", "publish-events", "publisher.checkExists", "The topic of publish-events does not exist"],
] as const;

function parkedFor(consumer: string): string {
  rig.tables.rows.orders.set(row.orderId, row);
  return parked(rig, row, { consumer, failedKey: `${consumer}~${created(row).id}` }).failedKey;
}
function answers(look: string, name: string): void {
  rig.faults.before = (call) => {
    if (call === look) throw Object.assign(new Error("no"), { name });
  };
}
const simulation = () => structuredClone([[...rig.tables.rows.failed], rig.queues.sent, rig.publisher.topic]);

describe.each(TARGETS)("when the %s of %s is missing", (_, consumer, look, detail) => {
  let key: string;
  let before: ReturnType<typeof simulation>;
  beforeEach(() => {
    key = parkedFor(consumer);
    answers(look, "NotFoundException");
    before = simulation();
  });

  test("a redrive is refused before anything is marked", async () => {
    expect(await redrive(key)).toMatchObject({
      status: 422,
      body: { code: "REDRIVE_REFUSED", detail: expect.stringContaining(detail) },
    });
    expect(simulation()).toEqual(before);
  });

  test("an edit is refused before anything is marked", async () => {
    const edited = { ...created(row), time: "2026-01-01T12:00:01.000Z" };
    const body = { body: JSON.stringify(edited), why: "mended" };

    expect(await ops("POST /{failedKey}/edit", { key, body })).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining(detail) },
    });
    expect(simulation()).toEqual(before);
  });

  test("a dry run reports it", async () => {
    expect(await redrive(key, { dryRun: true })).toMatchObject({
      status: 200,
      body: { outcome: "would refuse", because: expect.stringContaining(detail) },
    });
  });

  test("a redrive of many is refused before it starts, and its dry run reports it after one check", async () => {
    for (const name of ["2", "3"]) {
      const other = order(name);
      rig.tables.rows.orders.set(other.orderId, other);
      parked(rig, other, { consumer, failedKey: `${consumer}~${created(other).id}` });
    }

    const tried = await redriveMany({ dryRun: true });
    const looks = rig.calls.filter((call) => call === look).length;
    const begun = await redriveMany();

    expect(tried).toMatchObject({
      status: 200,
      body: {
        outcomes: [
          { outcome: "send", count: 0 },
          { outcome: "resolve", count: 0 },
          {
            outcome: "refuse",
            count: 3,
            samples: Array(3).fill({ because: expect.stringContaining(detail) }),
          },
        ],
      },
    });
    expect(looks).toBe(1);
    expect(begun).toMatchObject({ status: 422, body: { detail: expect.stringContaining(detail) } });
    expect(rig.jobs.jobs.size).toBe(0);
  });

  test("a message whose effect is done is still resolved", async () => {
    rig.tables.rows.orders.set(row.orderId, { ...row, status: "CONFIRMED", version: 2 });

    expect(await redrive(key)).toMatchObject({ status: 200, body: { outcome: "resolved" } });
  });
});

test.each(TARGETS)(
  "an outage of the %s of %s is reported as one, and nothing is marked",
  async (_, consumer, look) => {
    const key = parkedFor(consumer);
    answers(look, "ThrottlingException");
    const before = simulation();

    expect((await redrive(key)).status).toBe(503);
    expect(simulation()).toEqual(before);
  },
);
