import { beforeEach, describe, expect, test } from "vitest";
import { failureLog } from "../../functions/failures/record-failure.ts";
import type { Attributes } from "../../functions/middleware/attributes.ts";
import { eventOf } from "../../functions/orders/domain/order.ts";
import { reported } from "../fakes/test-consumer.ts";
import { cancelled, created, line, order } from "../fixtures/events.ts";
import { facts, failedRow } from "../fixtures/failed-rows.ts";
import { sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { deadLetterArnOf, invoke, newRig, queueUrlOf, type Rig } from "./rig.ts";
import { failed, refuse } from "./rig-rows.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

describe("dead-letters", () => {
  const event = created(order("1"));
  const drain = (attributes: Attributes = {}, body: string = JSON.stringify(event)) =>
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
    "E4: a message with dlqRetryCount %s is retried with %s after a delay",
    async (before, after, least, most) => {
      const attributes = {
        type: "order.created",
        ...(before === undefined ? {} : { dlqRetryCount: before }),
      };

      expect(await drain(attributes)).toEqual(reported());

      expect(rig.queues.sent).toMatchObject([
        {
          queueUrl: queueUrlOf("order-created"),
          body: JSON.stringify(event),
          attributes: { type: "order.created", dlqRetryCount: after, failedKey: `order-created~${event.id}` },
        },
      ]);
      expect(rig.queues.sent[0]?.delaySeconds).toBeGreaterThanOrEqual(least);
      expect(rig.queues.sent[0]?.delaySeconds).toBeLessThanOrEqual(most);
      expect(failed()).toEqual([]);
    },
  );

  const TYPED: Attributes = {
    n: { type: "Number", value: "73314510714175488123" },
    b: { type: "Binary", value: Buffer.from([0, 255]).toString("base64") },
    j: { type: "String.json", value: "{}" },
  };

  test("K2: a retry carries attributes of every type", async () => {
    await drain({ type: "order.created", ...TYPED });

    expect(rig.queues.sent[0]?.attributes).toEqual({
      type: "order.created",
      ...TYPED,
      dlqRetryCount: "1",
      failedKey: `order-created~${event.id}`,
    });
    expect(failed()).toEqual([]);
  });

  test("K2: a retry that cannot carry ten attributes keeps them in a row that names the others", async () => {
    const ten = { ...TYPED, ...Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`a${i}`, `${i}`])) };
    const why = 'sent without the attributes "a5", "a6": the queue does not take them';

    expect(await drain(ten)).toEqual(reported());

    const { a5: _, a6: __, ...carried } = ten as Attributes;
    expect(rig.queues.sent[0]?.attributes).toEqual({
      ...carried,
      dlqRetryCount: "1",
      failedKey: `order-created~${event.id}`,
    });
    expect(failed()).toMatchObject([
      { status: "RETRYING", reason: "NO_REPORT", attributes: ten, history: [{ act: "retry", why }] },
    ]);
    expect(rig.out.lines()).toContainEqual(
      expect.objectContaining({ audit: "dead-letters", act: "retry", leftOut: why }),
    );
  });

  test("K2: a later failure keeps the attributes of the first", async () => {
    const ten = { ...TYPED, ...Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`a${i}`, `${i}`])) };
    await drain(ten);
    const [first] = rig.queues.sent;

    await drain({ ...first?.attributes, dlqRetryCount: "3" });

    expect(failed()).toMatchObject([{ status: "OPEN", reason: "NO_REPORT", attributes: ten }]);
  });

  test("K2: a dlqRetryCount of another type is invalid", async () => {
    const attributes: Attributes = { dlqRetryCount: { type: "Number", value: "1" } };

    await drain(attributes);

    expect(failed()).toMatchObject([{ reason: "BAD_DLQ_RETRY_COUNT", attributes }]);
    expect(rig.queues.sent).toEqual([]);
  });

  test.each(["abc", "-1", "1e9", "4", "", " 1", "01", "1.0"])(
    "E5: dlqRetryCount %o ends in the store",
    async (dlqRetryCount) => {
      expect(await drain({ dlqRetryCount })).toEqual(reported());

      expect(failed()).toMatchObject([
        { reason: "BAD_DLQ_RETRY_COUNT", consumer: "order-created", status: "OPEN" },
      ]);
      expect(rig.queues.sent).toEqual([]);
    },
  );

  test.each([
    ["RETRIES_EXHAUSTED", true],
    ["NO_REPORT", false],
  ])("C6: after three retries parks with %s, where a reason is stored: %s", async (reason, wasLeft) => {
    const ports = {
      failedMessages: rig.tables.failedMessages,
      clock: rig.clock,
      newId: () => "w",
      returnWithinSeconds: 60,
    };
    if (wasLeft) await failureLog(ports).lastAttemptFailed(facts(), new Error("throttled"));

    await drain({ dlqRetryCount: "3" });

    expect(failed()).toMatchObject([
      { status: "OPEN", reason, ...(wasLeft ? { errorMessage: "throttled" } : {}) },
    ]);
  });

  test.each([
    ["E3", "queues.send", {}],
    ["E2", "failedMessages.put", { dlqRetryCount: "3" }],
    ["E2", "failedMessages.get", { dlqRetryCount: "3" }],
  ])("%s: while %s fails the message stays in its queue", async (_, name, attributes) => {
    refuse(name);

    expect(await drain(attributes)).toEqual(reported("m"));
    expect(rig.queues.sent).toEqual([]);
    expect(failed()).toEqual([]);
  });

  test("G1: an unreadable message is retried as well, keyed by the hash of its body", async () => {
    await drain({}, "{");

    expect(rig.queues.sent).toMatchObject([
      { body: "{", attributes: { failedKey: expect.stringMatching(/~[0-9a-f]{64}$/) } },
    ]);
  });

  test("fails for an unknown queue", async () => {
    await expect(
      invoke("dead-letters", sqsEvent(sqsRecord(event, { queueArn: "arn:other" }))),
    ).rejects.toThrow("arn:other");
  });
});

describe("a redriven message", () => {
  const row = order("1");
  const redriven = { attributes: { redriveId: "r-1", failedKey: `${facts().consumer}~${created(row).id}` } };

  test("E9: is processed once, and its row is resolved at each delivery", async () => {
    rig.tables.rows.orders.set(row.orderId, row);
    await rig.tables.stock.count("TEA-1", 5);
    rig.tables.rows.failed.set(failedRow().failedKey, failedRow({}, "REDRIVEN"));

    for (let i = 0; i < 3; i++)
      expect(await invoke("order-created", sqsEvent(sqsRecord(created(row), redriven)))).toEqual(reported());

    expect(rig.tables.rows.stock.get("TEA-1")?.held).toBe(1);
    expect(failed()).toMatchObject([
      { status: "RESOLVED", history: [{ act: "park" }, { act: "resolve", by: "order-created" }] },
    ]);
  });

  test("E10: a creation whose order was cancelled meanwhile changes nothing and is resolved", async () => {
    rig.tables.rows.orders.set(row.orderId, { ...row, status: "CANCELLED", version: 2 });
    rig.tables.rows.failed.set(failedRow().failedKey, failedRow({}, "REDRIVEN"));

    await invoke("order-created", sqsEvent(sqsRecord(created(row), redriven)));

    expect(failed()).toMatchObject([{ status: "RESOLVED" }]);
    expect(rig.tables.changes).toEqual([]);
  });

  test("E11: with a version that is still unknown is parked again with the same cause", async () => {
    const newer = { ...created(row), dataschema: "urn:order-events:order:2" };
    const send = () => invoke("order-created", sqsEvent(sqsRecord(newer, redriven)));
    await send();
    const [first] = failed();

    await send();

    expect(failed()).toMatchObject([
      {
        status: "OPEN",
        reason: "UNSUPPORTED_VERSION",
        fingerprint: first?.fingerprint,
        generation: 2,
        failures: 2,
      },
    ]);
  });

  test("E2: is not acknowledged while its row cannot be resolved", async () => {
    rig.tables.rows.orders.set(row.orderId, { ...row, status: "CONFIRMED", version: 2 });
    rig.tables.rows.failed.set(failedRow().failedKey, failedRow({}, "REDRIVEN"));
    refuse("failedMessages.put");

    expect(
      await invoke("order-created", sqsEvent(sqsRecord(created(row), { ...redriven, messageId: "m" }))),
    ).toEqual(reported("m"));
    expect(failed()).toMatchObject([{ status: "REDRIVEN" }]);
  });

  test("another body with the same id is stored beside the first", async () => {
    rig.tables.rows.failed.set(failedRow().failedKey, failedRow());
    const event = { ...created(row), extra: true };

    await invoke("order-created", sqsEvent(sqsRecord(event)));

    expect(failed().map(({ failures }) => failures)).toEqual([1, 1]);
    expect(new Set(failed().map(({ body }) => body)).size).toBe(2);
  });
});

test("B2: a cancellation redriven after a year is compared with the order row", async () => {
  const row = order("1", { status: "CANCELLED", version: 3, stockHeld: false }, [line()]);
  rig.tables.rows.orders.set(row.orderId, row);
  await rig.tables.stock.count("TEA-1", 5);
  rig.clock.advance(31_536_000_000);

  await invoke("order-cancelled", sqsEvent(sqsRecord(cancelled(row, 3), { attributes: { redriveId: "r" } })));

  expect(rig.tables.rows.stock.get("TEA-1")).toMatchObject({ held: 0, available: 5 });
  expect(rig.out.lines()).toMatchObject([{ outcome: "duplicate", eventId: eventOf(row).id }]);
});
