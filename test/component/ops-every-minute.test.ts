import { beforeEach, expect, test } from "vitest";
import { created, order } from "../fixtures/events.ts";
import { operator, parked, parkedMany, redriveMany } from "./ops.ts";
import { invoke, newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const ago = (minutes: number) => new Date(rig.clock.now() - minutes * 60_000).toISOString();
const rowOf = (key: string) => rig.tables.rows.failed.get(key);

/** An event that the topic did not take. */
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

/** A message that was sent again and never came back. */
const lost = (name: string) => parked(rig, order(name), { dueAt: ago(1) }, "REDRIVEN").failedKey;

test("C7: each minute every kind of work goes on, however long a redrive and a republish take", async () => {
  parkedMany(rig, 2_000);
  const updatedAt = ago(60);
  for (let i = 0; i < 500; i++) {
    const row = { ...order(`s${i}`), updatedAt };
    rig.tables.rows.orders.set(row.orderId, row);
  }
  await redriveMany({ ratePerSecond: 1 });
  await operator("POST /republishes", {
    body: { status: "PENDING", olderThanSeconds: 600, why: "the mapping was off", ratePerSecond: 1 },
  });
  const done = () => ({
    sent: [...rig.redriveJobs.jobs.values()][0]?.sent ?? 0,
    published: [...rig.republishJobs.jobs.values()][0]?.published ?? 0,
  });

  for (let minute = 0; minute < 4; minute++) {
    rig.clock.advance(60_000);
    const [waiting, overdue] = [unpublished(`w${minute}`), lost(`l${minute}`)];
    const before = done();

    await invoke("republish", {}, 50_000);

    const after = done();
    expect(after.sent - before.sent, "redriven").toBeGreaterThanOrEqual(8);
    expect(after.published - before.published, "published again").toBeGreaterThanOrEqual(8);
    expect(rowOf(waiting)?.status, "published that was parked").toBe("RESOLVED");
    expect(rowOf(overdue)?.reason, "swept").toBe("NEVER_RETURNED");
  }
});
