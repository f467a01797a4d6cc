import { beforeEach, describe, expect, test } from "vitest";
import { METRICS } from "../../functions/contract/names.ts";
import { eventOf } from "../../functions/domain/order.ts";
import { failureLog } from "../../functions/use-cases/record-failure.ts";
import { reported } from "../fixtures/consumer.ts";
import { cancelled, created, line, order, request } from "../fixtures/events.ts";
import { facts, failedRow } from "../fixtures/failed-rows.ts";
import { sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { place } from "./api.ts";
import { deadLetterArnOf, invoke, newRig, queueUrlOf, type Rig } from "./rig.ts";
import { streamRecord } from "./world.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const failed = () => [...rig.tables.rows.failed.values()];
const down = (name: string) => {
  rig.faults.before = (call) => {
    if (call === name) throw new Error(`${name} is down`);
  };
};
const refusal = (permanent: boolean) => ({ kind: "refused" as const, permanent, error: new Error("no") });

describe("publish-events", () => {
  const stream = () => ({ Records: rig.tables.changes.map((change, i) => streamRecord(change, i, rig)) });

  test("publishes each transition once, with the order's events in their order, and nothing for a release", async () => {
    const [a, b] = [order("a"), order("b")];
    await rig.tables.orders.place(a);
    await rig.tables.orders.place(b);
    await rig.tables.orders.cancel(a.orderId, 0);
    rig.tables.changes.push({
      before: { ...a, status: "CANCELLED", stockHeld: true },
      after: { ...a, status: "CANCELLED", stockHeld: false },
    });

    const response = await invoke("publish-events", stream());

    expect(response).toEqual({ batchItemFailures: [] });
    const of = (orderId: string) =>
      rig.publisher.topic.filter(({ subject }) => subject === orderId).map(({ id }) => id);
    expect(of(a.orderId)).toEqual([`${a.orderId}:1:order.created`, `${a.orderId}:2:order.cancelled`]);
    expect(of(b.orderId)).toEqual([`${b.orderId}:1:order.created`]);
    expect(rig.out.total(METRICS.published)).toBe(3);
    expect(rig.out.total(METRICS.ignored, "none")).toBe(1);
  });

  test("A10: two runs over the same records make copies with the same ids", async () => {
    await place(request(), "a");

    await invoke("publish-events", stream());
    await invoke("publish-events", stream());

    expect(new Set(rig.publisher.topic.map(({ id }) => id)).size).toBe(1);
    expect(rig.publisher.topic).toHaveLength(2);
  });

  test("A12: reports the lowest refused record; those published stay published", async () => {
    for (const key of ["a", "b", "c"]) await place(request(), key);
    const second = rig.tables.changes[1]?.after.orderId;
    rig.publisher.refuse = ({ subject }) => (subject === second ? refusal(false) : undefined);

    expect(await invoke("publish-events", stream())).toEqual(reported("2"));

    expect(rig.publisher.topic).toHaveLength(2);
    expect(failed()).toEqual([]);
    expect(rig.out.total(METRICS.publishFailed)).toBe(1);
  });

  test.each([
    ["at once, if the fault is the message's", true, 0],
    ["after a minute of refusals", false, 60_001],
  ])("A9: parks an event %s, so that the shard moves on", async (_, permanent, later) => {
    await place(request(), "a");
    const event = stream();
    rig.clock.advance(later);
    rig.publisher.refuse = () => refusal(permanent);

    expect(await invoke("publish-events", event)).toEqual({ batchItemFailures: [] });

    expect(failed()).toMatchObject([
      {
        consumer: "publish-events",
        reason: "PUBLISH_FAILED",
        status: "OPEN",
        attributes: { type: "order.created" },
      },
    ]);
  });

  test("A7: publishes nothing of which there is no row", async () => {
    down("orders.place");
    await place(request(), "a");

    expect(rig.tables.changes).toEqual([]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["a status nobody knows", { status: { S: "SHIPPED" } }],
    ["no lines", { lines: { L: [] } }],
    ["a version that is text", { version: { S: "one" } }],
    ["what is no attribute value", { status: 7 }],
  ])("A12: a row with %s is parked, and its neighbours are published", async (_, changes) => {
    for (const key of ["a", "b"]) await place(request(), key);
    const { Records } = stream() as { Records: { dynamodb: { NewImage: Record<string, unknown> } }[] };
    Object.assign(Records[0]?.dynamodb.NewImage ?? {}, changes);

    expect(await invoke("publish-events", { Records })).toEqual({ batchItemFailures: [] });

    expect(failed()).toMatchObject([{ consumer: "publish-events", reason: "INVALID_EVENT" }]);
    expect(rig.publisher.topic).toHaveLength(1);
  });
});

describe("dead-letters", () => {
  const event = created(order("1"));
  const drain = (attributes: Record<string, string> = {}, body: string = JSON.stringify(event)) =>
    invoke(
      "dead-letters",
      sqsEvent(sqsRecord(body, { messageId: "m", attributes, queueArn: deadLetterArnOf("order-created") })),
    );

  test.each([
    [undefined, "1", 30, 60],
    ["0", "1", 30, 60],
    ["1", "2", 150, 300],
    ["2", "3", 450, 900],
  ])(
    "E4: a message with redriveCount %s is sent again with %s, later",
    async (before, after, least, most) => {
      const attributes = { type: "order.created", ...(before === undefined ? {} : { redriveCount: before }) };

      expect(await drain(attributes)).toEqual(reported());

      expect(rig.queues.sent).toMatchObject([
        {
          queueUrl: queueUrlOf("order-created"),
          body: JSON.stringify(event),
          attributes: { type: "order.created", redriveCount: after, failedKey: `order-created~${event.id}` },
        },
      ]);
      expect(rig.queues.sent[0]?.delaySeconds).toBeGreaterThanOrEqual(least);
      expect(rig.queues.sent[0]?.delaySeconds).toBeLessThanOrEqual(most);
      expect(failed()).toEqual([]);
    },
  );

  test.each(["abc", "-1", "1e9", "4", "", " 1", "01", "1.0"])(
    "E5: redriveCount %o ends in the store",
    async (redriveCount) => {
      expect(await drain({ redriveCount })).toEqual(reported());

      expect(failed()).toMatchObject([
        { reason: "BAD_REDRIVE_COUNT", consumer: "order-created", status: "OPEN" },
      ]);
      expect(rig.queues.sent).toEqual([]);
    },
  );

  test.each([
    ["RETRIES_EXHAUSTED", true],
    ["NO_REPORT", false],
  ])("C6: after three resends parks with %s, if a reason was left: %s", async (reason, wasLeft) => {
    const ports = {
      failedMessages: rig.tables.failedMessages,
      clock: rig.clock,
      newId: () => "w",
      returnWithinSeconds: 60,
    };
    if (wasLeft) await failureLog(ports).lastAttemptFailed(facts(), new Error("throttled"));

    await drain({ redriveCount: "3" });

    expect(failed()).toMatchObject([
      { status: "OPEN", reason, ...(wasLeft ? { errorMessage: "throttled" } : {}) },
    ]);
  });

  test.each([
    ["E3", "queues.send", {}],
    ["E2", "failedMessages.put", { redriveCount: "3" }],
    ["E2", "failedMessages.get", { redriveCount: "3" }],
  ])("%s: while %s fails the message stays where it is", async (_, name, attributes) => {
    down(name);

    expect(await drain(attributes)).toEqual(reported("m"));
    expect(rig.queues.sent).toEqual([]);
    expect(failed()).toEqual([]);
  });

  test("G1: what cannot be read is sent again as well, under the hash of its body", async () => {
    await drain({}, "{");

    expect(rig.queues.sent).toMatchObject([
      { body: "{", attributes: { failedKey: expect.stringMatching(/~[0-9a-f]{64}$/) } },
    ]);
  });

  test("fails closed on a queue that it was not told of", async () => {
    await expect(
      invoke("dead-letters", sqsEvent(sqsRecord(event, { queueArn: "arn:other" }))),
    ).rejects.toThrow("arn:other");
  });
});

describe("a message that was sent again", () => {
  const row = order("1");
  const resent = { attributes: { redriveId: "r-1", failedKey: `${facts().consumer}~${created(row).id}` } };

  test("E9: does its work once, and its row is resolved each time it comes", async () => {
    rig.tables.rows.orders.set(row.orderId, row);
    await rig.tables.stock.count("TEA-1", 5);
    rig.tables.rows.failed.set(failedRow().failedKey, failedRow({}, "REDRIVEN"));

    for (let i = 0; i < 3; i++)
      expect(await invoke("order-created", sqsEvent(sqsRecord(created(row), resent)))).toEqual(reported());

    expect(rig.tables.rows.stock.get("TEA-1")?.held).toBe(1);
    expect(failed()).toMatchObject([
      { status: "RESOLVED", history: [{ act: "resolve", by: "order-created" }] },
    ]);
  });

  test("E10: a creation whose order was cancelled meanwhile changes nothing and is resolved", async () => {
    rig.tables.rows.orders.set(row.orderId, { ...row, status: "CANCELLED", version: 2 });
    rig.tables.rows.failed.set(failedRow().failedKey, failedRow({}, "REDRIVEN"));

    await invoke("order-created", sqsEvent(sqsRecord(created(row), resent)));

    expect(failed()).toMatchObject([{ status: "RESOLVED" }]);
    expect(rig.tables.changes).toEqual([]);
  });

  test("E2: is not acknowledged while its row cannot be resolved", async () => {
    rig.tables.rows.orders.set(row.orderId, { ...row, status: "CONFIRMED", version: 2 });
    rig.tables.rows.failed.set(failedRow().failedKey, failedRow({}, "REDRIVEN"));
    down("failedMessages.put");

    expect(
      await invoke("order-created", sqsEvent(sqsRecord(created(row), { ...resent, messageId: "m" }))),
    ).toEqual(reported("m"));
    expect(failed()).toMatchObject([{ status: "REDRIVEN" }]);
  });

  test("another body under the same id is kept beside the first", async () => {
    rig.tables.rows.failed.set(failedRow().failedKey, failedRow());
    const event = { ...created(row), extra: true };

    await invoke("order-created", sqsEvent(sqsRecord(event)));

    expect(failed().map(({ failures }) => failures)).toEqual([1, 1]);
    expect(new Set(failed().map(({ body }) => body)).size).toBe(2);
  });
});

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

  test("publishes what is due and resolves it; what is not due waits", async () => {
    put(parked("due", 1), parked("later", 0));

    await invoke("republish", {});

    expect(rig.publisher.topic.map(({ id }) => id)).toEqual([created(order("due")).id]);
    expect(failed().map(({ status }) => status)).toEqual(["RESOLVED", "OPEN"]);
    expect(rig.out.metrics().at(-1)).toMatchObject({
      [METRICS.published]: 1,
      [METRICS.openFailedMessages]: 1,
    });
  });

  test("A9: what is refused again waits longer each time", async () => {
    put(parked("a", 1));
    rig.publisher.refuse = () => refusal(false);
    const attempts: number[] = [];
    for (let minute = 0; minute < 16; minute++) {
      const before = rig.calls.filter((name) => name === "publisher.publish").length;
      await invoke("republish", {});
      if (rig.calls.filter((name) => name === "publisher.publish").length > before) attempts.push(minute);
      rig.clock.advance(60_000);
    }

    expect(attempts).toEqual([0, 2, 6, 14]);
    expect(failed()).toMatchObject([{ status: "OPEN", reason: "PUBLISH_FAILED", failures: 5 }]);
  });

  test.each(["before", "after"] as const)(
    "A11: a crash %s the publish leaves a row that is due again",
    async (moment) => {
      put(parked("a", 1));
      rig.faults[moment] = (name) => {
        if (name === "publisher.publish") throw new Error("crash");
      };
      await expect(invoke("republish", {})).rejects.toThrow("republish");
      rig.faults[moment] = () => {};
      rig.clock.advance(3_600_000);
      await invoke("republish", {});
      rig.clock.advance(60_000);
      await invoke("republish", {});

      expect(failed()).toMatchObject([{ status: "RESOLVED" }]);
      expect(rig.publisher.topic).toHaveLength(moment === "before" ? 1 : 2);
    },
  );

  test("A16: imports what crashed the publisher, once, and goes on past a batch that cannot be read", async () => {
    const [a, b] = [created(order("a")), created(order("b"))];
    rig.crashedBatches.objects.set("1", [a]).set("2", undefined).set("3", [b]);

    await expect(invoke("republish", {})).rejects.toThrow("import");

    expect([...rig.crashedBatches.objects.keys()]).toEqual(["2"]);
    expect(failed().map(({ eventId }) => eventId)).toEqual([a.id, b.id]);
    expect(rig.out.lines()).toMatchObject([{ job: "import" }]);
  });

  test("opens what never came back, and resolves what its order shows to be done", async () => {
    const overdue = failedRow(
      { failedKey: "order-created~x", dueAt: new Date(rig.clock.now()).toISOString() },
      "REDRIVEN",
    );
    put(overdue, failedRow());
    const row = order("1", { status: "CONFIRMED", version: 2 });
    await rig.tables.orders.place(order("other"));

    await invoke("republish", {});
    expect(failed().map(({ status, reason }) => [status, reason])).toEqual([
      ["OPEN", "NEVER_RETURNED"],
      ["OPEN", "UNKNOWN_ORDER"],
    ]);

    rig.tables.rows.orders.set(row.orderId, row);
    await invoke("republish", {});
    expect(failed().map(({ status }) => status)).toEqual(["RESOLVED", "RESOLVED"]);
    expect(failed()[0]?.history).toMatchObject([{ by: "settled" }]);
  });

  test("goes through more rows than one page holds", async () => {
    put(...Array.from({ length: 250 }, (_, i) => parked(`${i}`, 5)));

    await invoke("republish", {});

    expect(rig.publisher.topic).toHaveLength(250);
    expect(failed().every(({ status }) => status === "RESOLVED")).toBe(true);
  });

  test("C7: starts nothing after its deadline", async () => {
    put(parked("a", 5));

    await invoke("republish", {}, 2_000);

    expect(rig.publisher.topic).toEqual([]);
    expect(failed()).toMatchObject([{ status: "OPEN" }]);
  });

  test("events of other consumers are never published", async () => {
    put(failedRow({ lastAt: "2020-01-01T00:00:00.000Z" }));

    await invoke("republish", {});

    expect(rig.publisher.topic).toEqual([]);
  });
});

test("B2: a cancellation redriven after a year meets the order row", async () => {
  const row = order("1", { status: "CANCELLED", version: 3, stockHeld: false }, [line()]);
  rig.tables.rows.orders.set(row.orderId, row);
  await rig.tables.stock.count("TEA-1", 5);
  rig.clock.advance(31_536_000_000);

  await invoke("order-cancelled", sqsEvent(sqsRecord(cancelled(row, 3), { attributes: { redriveId: "r" } })));

  expect(rig.tables.rows.stock.get("TEA-1")).toMatchObject({ held: 0, available: 5 });
  expect(rig.out.lines()).toMatchObject([{ outcome: "duplicate", eventId: eventOf(row).id }]);
});
