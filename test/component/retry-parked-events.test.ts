import { beforeEach, describe, expect, test } from "vitest";
import { METRICS } from "../../functions/contract/names.ts";
import { auditEntry } from "../../lib/operator/observe/audit-entry.ts";
import { created, order } from "../fixtures/events.ts";
import { facts, failedRow } from "../fixtures/failed-rows.ts";
import { invoke, newRig, type Rig } from "./rig.ts";
import { failed } from "./rig-rows.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const refusal = (permanent: boolean) => ({ kind: "refused" as const, permanent, error: new Error("no") });

describe("republish", () => {
  const parked = (key: string, minutes = 0) => {
    const event = created(order(key));
    const at = new Date(rig.clock.now() - minutes * 60_000).toISOString();
    const message = facts({
      consumer: "publish-events",
      body: JSON.stringify(event),
      eventId: event.id,
      orderId: event.subject,
    });
    return failedRow({
      ...message,
      failedKey: `publish-events~${event.id}`,
      reason: "PUBLISH_FAILED",
      lastAt: at,
      dueAt: at,
    });
  };
  const put = (...rows: ReturnType<typeof parked>[]) => {
    for (const row of rows) rig.tables.rows.failed.set(row.failedKey, row);
  };

  test("publishes and resolves due events, and leaves others", async () => {
    put(parked("due", 1), parked("later", 0));

    await invoke("maintenance", {});

    expect(rig.publisher.topic.map(({ id }) => id)).toEqual([created(order("due")).id]);
    expect(failed().map(({ status }) => status)).toEqual(["RESOLVED", "OPEN"]);
    expect(rig.out.metrics().at(-1)).toMatchObject({
      [METRICS.published]: 1,
      [METRICS.openFailedMessages]: 1,
    });
  });

  test("writes an audit line for each attempt, which the timeline of its order shows", async () => {
    put(parked("a", 1), parked("b", 1));
    const [a, b] = [order("a").orderId, order("b").orderId];
    rig.publisher.refuse = (event) => (event.subject === b ? refusal(false) : undefined);

    await invoke("maintenance", {});

    const lines = rig.out.lines().filter(({ audit }) => audit === "operator");
    expect(lines).toMatchObject([
      { act: "redrive", failedKey: expect.stringContaining(a), by: "maintenance", outcome: "sent" },
      { act: "redrive", failedKey: expect.stringContaining(b), by: "maintenance", outcome: "failed" },
    ]);
    expect(lines.map((line) => auditEntry(JSON.stringify(line), "maintenance"))).toMatchObject([
      { orderId: a, entry: { source: "maintenance", outcome: "redrive", detail: "maintenance: sent" } },
      { orderId: b, entry: { source: "maintenance", outcome: "redrive", detail: "maintenance: failed" } },
    ]);
  });

  test("publishes ten concurrently", async () => {
    put(...Array.from({ length: 25 }, (_, i) => parked(`n${i}`, 1)));
    let underWay = 0;
    let most = 0;
    rig.faults.before = async (call) => {
      if (call !== "publisher.publish") return;
      most = Math.max(most, ++underWay);
      await new Promise(setImmediate);
    };
    rig.faults.after = (call) => {
      if (call === "publisher.publish") underWay -= 1;
    };

    await invoke("maintenance", {});

    expect(most).toBe(10);
    expect(new Set(rig.publisher.topic.map(({ id }) => id)).size).toBe(25);
    expect(rig.publisher.topic).toHaveLength(25);
  });

  test("A10: skips a row that another run claimed after the listing", async () => {
    const row = parked("a", 1);
    put(row);
    rig.faults.after = (name) => {
      // An operator discards the row between the listing and the mark.
      if (name === "failedMessages.list") put({ ...row, status: "DISCARDED", revision: row.revision + 1 });
    };

    await invoke("maintenance", {});

    expect(rig.publisher.topic).toEqual([]);
    expect(failed()).toMatchObject([{ status: "DISCARDED" }]);
  });

  test("A9: a repeated refusal waits longer each time", async () => {
    put(parked("a", 1));
    rig.publisher.refuse = () => refusal(false);
    const attempts: number[] = [];
    for (let minute = 0; minute < 16; minute++) {
      const before = rig.calls.filter((name) => name === "publisher.publish").length;
      await invoke("maintenance", {});
      if (rig.calls.filter((name) => name === "publisher.publish").length > before) attempts.push(minute);
      rig.clock.advance(60_000);
    }

    expect(attempts).toEqual([0, 2, 6, 14]);
    expect(failed()).toMatchObject([{ status: "OPEN", reason: "PUBLISH_FAILED", failures: 5 }]);
  });

  test.each(["before", "after"] as const)("A11: a crash %s the publish leaves a due row", async (moment) => {
    put(parked("a", 1));
    rig.faults[moment] = (name) => {
      if (name === "publisher.publish") throw new Error("crash");
    };
    await expect(invoke("maintenance", {})).rejects.toThrow("publish");
    rig.faults[moment] = () => {};
    rig.clock.advance(3_600_000);
    await invoke("maintenance", {});
    rig.clock.advance(60_000);
    await invoke("maintenance", {});

    expect(failed()).toMatchObject([{ status: "RESOLVED" }]);
    expect(rig.publisher.topic).toHaveLength(moment === "before" ? 1 : 2);
  });

  test("A16: imports a batch that crashed the publisher once and continues after an unreadable one", async () => {
    const [a, b] = [created(order("a")), created(order("b"))];
    rig.crashedBatches.objects.set("1", [a]).set("2", undefined).set("3", [b]);

    await expect(invoke("maintenance", {})).rejects.toThrow("import");

    expect([...rig.crashedBatches.objects.keys()]).toEqual(["2"]);
    expect(failed().map(({ eventId }) => eventId)).toEqual([a.id, b.id]);
    expect(rig.out.lines()).toMatchObject([
      { act: "import", failedKey: `publish-events~${a.id}`, by: "maintenance", outcome: "parked" },
      { act: "import", failedKey: `publish-events~${b.id}`, by: "maintenance", outcome: "parked" },
      { job: "import" },
    ]);
  });

  test("A16: parks an invalid row separately and the rest of its batch as not published", async () => {
    const event = created(order("a"));
    rig.crashedBatches.objects.set("1", ['{"orderId":{"S":"by hand"}}', event]);

    await invoke("maintenance", {});

    expect([...rig.crashedBatches.objects.keys()]).toEqual([]);
    expect(failed()).toMatchObject([
      { eventId: event.id },
      { status: "OPEN", reason: "INVALID_EVENT", body: '{"orderId":{"S":"by hand"}}' },
    ]);
  });

  test("reopens messages without an outcome and resolves those whose order shows the effect", async () => {
    const overdue = failedRow(
      { failedKey: "order-created~x", dueAt: new Date(rig.clock.now()).toISOString() },
      "REDRIVEN",
    );
    put(overdue, failedRow());
    const row = order("1", { status: "CONFIRMED", version: 2 });
    await rig.tables.orders.place(order("other"));

    await invoke("maintenance", {});
    expect(failed().map(({ status, reason }) => [status, reason])).toEqual([
      ["OPEN", "NEVER_RETURNED"],
      ["OPEN", "UNKNOWN_ORDER"],
    ]);

    rig.tables.rows.orders.set(row.orderId, row);
    await invoke("maintenance", {});
    expect(failed().map(({ status }) => status)).toEqual(["RESOLVED", "RESOLVED"]);
    expect(failed().map(({ history }) => history.at(-1))).toMatchObject(
      Array(2).fill({ act: "resolve", by: "effect check", why: "the order is CONFIRMED" }),
    );
    const lines = rig.out.lines().filter(({ by }) => by === "maintenance");
    expect(lines.map(({ act, failedKey }) => `${act} ${failedKey}`).sort()).toEqual(
      [`overdue ${overdue.failedKey}`, ...failed().map(({ failedKey }) => `resolve ${failedKey}`)].sort(),
    );
  });

  test("processes more rows than one page holds", async () => {
    put(...Array.from({ length: 250 }, (_, i) => parked(`${i}`, 5)));

    await invoke("maintenance", {});

    expect(rig.publisher.topic).toHaveLength(250);
    expect(failed().every(({ status }) => status === "RESOLVED")).toBe(true);
  });

  test("C7: starts nothing after its deadline", async () => {
    put(parked("a", 5));

    await invoke("maintenance", {}, 2_000);

    expect(rig.publisher.topic).toEqual([]);
    expect(failed()).toMatchObject([{ status: "OPEN" }]);
  });

  test("events of other consumers are never published", async () => {
    put(failedRow({ lastAt: "2020-01-01T00:00:00.000Z" }));

    await invoke("maintenance", {});

    expect(rig.publisher.topic).toEqual([]);
  });
});
