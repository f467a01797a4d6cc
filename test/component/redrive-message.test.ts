import { beforeEach, describe, expect, test } from "vitest";
import type { Attributes } from "../../functions/middleware/attributes.ts";
import { created, order } from "../fixtures/events.ts";
import { OPERATOR, parked, redrive, together } from "./operator-api.ts";
import { simulateQueues } from "./queue-simulator.ts";
import { newRig, queueUrlOf, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const row = order("1");
const rowOf = (key: string) => rig.tables.rows.failed.get(key);
const put = (changes: Partial<typeof row> = {}) =>
  rig.tables.rows.orders.set(row.orderId, { ...row, ...changes });

describe("POST /failed-messages/{failedKey}/redrive", () => {
  test("marks the row, then sends the message with its redrive attributes", async () => {
    put();
    const { failedKey, body } = parked(rig, row, {
      attributes: { type: "order.created", dlqRetryCount: "3" },
    });

    const answer = await redrive(failedKey, { generation: 1 });

    expect(answer).toMatchObject({
      status: 200,
      body: { outcome: "sent", status: "REDRIVEN", generation: 1 },
    });
    expect(rig.queues.sent).toEqual([
      {
        queueUrl: queueUrlOf("order-created"),
        body,
        attributes: {
          type: "order.created",
          dlqRetryCount: "0",
          redriveId: answer.body["redriveId"],
          failedKey,
        },
        delaySeconds: 0,
      },
    ]);
    expect(rowOf(failedKey)).toMatchObject({
      status: "REDRIVEN",
      history: [
        { act: "park" },
        { by: OPERATOR, act: "redrive", why: "the stock is counted", at: "2026-01-01T12:00:00.000Z" },
      ],
    });
    expect(rig.calls.indexOf("failedMessages.put")).toBeLessThan(rig.calls.indexOf("queues.send"));
    expect(rig.out.lines()).toContainEqual(
      expect.objectContaining({
        audit: "operator",
        act: "redrive",
        failedKey,
        by: OPERATOR,
        outcome: "sent",
      }),
    );
    expect(rig.out.text()).not.toContain("TEA-1");
  });

  test("K2: has attributes of every type, and names those over the limit", async () => {
    put();
    const attributes: Attributes = {
      n: { type: "Number", value: "73314510714175488123" },
      b: { type: "Binary", value: Buffer.from([0, 255]).toString("base64") },
      ...Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`a${i}`, `${i}`])),
    };
    const { failedKey } = parked(rig, row, { attributes });
    const leftOut = 'sent without the attributes "a5", "a6", "a7": the queue does not take them';

    await redrive(failedKey);

    const { a5: _, a6: __, a7: ___, ...carried } = attributes;
    expect(rig.queues.sent[0]?.attributes).toMatchObject(carried);
    expect(Object.keys(rig.queues.sent[0]?.attributes ?? {})).toHaveLength(10);
    expect(rowOf(failedKey)).toMatchObject({
      attributes,
      history: [{ act: "park" }, { act: "redrive", why: `the stock is counted; ${leftOut}` }],
    });
    expect(rig.out.lines()).toContainEqual(expect.objectContaining({ act: "redrive", leftOut }));
  });

  test("E9: three times changes nothing after the first", async () => {
    put();
    await rig.tables.stock.count("TEA-1", 5);
    const { failedKey } = parked(rig, row);
    const simulation = simulateQueues(rig);

    const first = await redrive(failedKey);
    const second = await redrive(failedKey);
    await simulation.drain();
    const after = structuredClone([...rig.tables.rows.orders, ...rig.tables.rows.stock, rowOf(failedKey)]);
    const third = await redrive(failedKey);
    await simulation.drain();

    expect([first, second, third].map(({ status }) => status)).toEqual([200, 409, 200]);
    expect(third.body).toMatchObject({ outcome: "resolved", because: "it is resolved already" });
    expect(rig.tables.rows.stock.get("TEA-1")?.held).toBe(1);
    expect([...rig.tables.rows.orders, ...rig.tables.rows.stock, rowOf(failedKey)]).toEqual(after);
  });

  test("E10: sends nothing and resolves a creation whose order was cancelled meanwhile", async () => {
    put({ status: "CANCELLED", version: 2 });
    const { failedKey } = parked(rig, row);

    expect(await redrive(failedKey)).toMatchObject({ status: 200, body: { outcome: "resolved" } });

    expect(rig.queues.sent).toEqual([]);
    expect(rowOf(failedKey)).toMatchObject({
      status: "RESOLVED",
      history: [
        { act: "park" },
        { by: OPERATOR, act: "resolve", why: "the order is CANCELLED; the stock is counted" },
      ],
    });
  });

  test("E11: of a message with an unknown schema version is parked again with the same cause", async () => {
    put();
    const body = JSON.stringify({ ...created(row), dataschema: "urn:order-events:order:2" });
    const { failedKey } = parked(rig, row, { body, reason: "UNSUPPORTED_VERSION" });

    expect(await redrive(failedKey)).toMatchObject({
      status: 422,
      body: { code: "REDRIVE_REFUSED", detail: expect.stringContaining("UNSUPPORTED_VERSION") },
    });
    expect(rowOf(failedKey)).toMatchObject({ status: "OPEN", reason: "UNSUPPORTED_VERSION", generation: 1 });
  });

  test.each([
    ["send", {}, "would send"],
    ["resolve", { status: "CONFIRMED", version: 2 } as const, "would resolve"],
  ])("as a dry run reports that it would %s, and changes nothing", async (_, changes, outcome) => {
    put(changes);
    const { failedKey } = parked(rig, row);
    const before = rowOf(failedKey);

    expect(await redrive(failedKey, { dryRun: true })).toMatchObject({ status: 200, body: { outcome } });

    expect(rowOf(failedKey)).toEqual(before);
    expect(rig.queues.sent).toEqual([]);
  });

  test("of an outdated generation responds 409", async () => {
    const { failedKey } = parked(rig, row, { generation: 4 });

    expect(await redrive(failedKey, { generation: 3 })).toMatchObject({
      status: 409,
      body: { code: "FAILED_MESSAGE_CHANGED", detail: expect.stringContaining("generation 4") },
    });
    expect(rig.queues.sent).toEqual([]);
  });

  test.each(["RETRYING", "REDRIVEN", "DISCARDED"] as const)(
    "of a row that is %s responds 409",
    async (status) => {
      const { failedKey } = parked(rig, row, {}, status);

      expect(await redrive(failedKey)).toMatchObject({
        status: 409,
        body: { code: "FAILED_MESSAGE_STATUS" },
      });
    },
  );

  test("of two concurrent operators, one receives 409", async () => {
    put();
    const { failedKey } = parked(rig, row);

    const one = () => redrive(failedKey);
    const answers = await together(one, one);

    expect(answers.map((each) => each.status === "fulfilled" && each.value.status).sort()).toEqual([
      200, 409,
    ]);
    expect(rig.queues.sent).toHaveLength(1);
  });

  test("sends nothing when another redrive and its failure overtook it", async () => {
    put();
    const { failedKey } = parked(rig, row);
    let reads = 0;
    rig.faults.before = (call) => {
      if (call !== "failedMessages.get") return;
      reads += 1;
      const seen = rowOf(failedKey);
      // The row is read once for the decision and once for the mark, when it has the next generation.
      if (reads === 2 && seen !== undefined) {
        rig.tables.rows.failed.set(failedKey, { ...seen, generation: 2, revision: seen.revision + 2 });
      }
    };

    expect(await redrive(failedKey)).toMatchObject({ status: 409, body: { code: "FAILED_MESSAGE_CHANGED" } });
    expect(rig.queues.sent).toEqual([]);
  });

  test.each([
    ["", 404, "FAILED_MESSAGE_NOT_FOUND"],
    ["order-created~nothing", 404, "FAILED_MESSAGE_NOT_FOUND"],
    ["job#1", 404, "FAILED_MESSAGE_NOT_FOUND"],
  ])("of %o responds %d", async (key, status, code) => {
    expect(await redrive(key)).toMatchObject({ status, body: { code } });
  });

  test.each([{ why: "" }, { why: "line\nbreak" }, { why: " " }, { generation: 0 }, { force: true }])(
    "with %o responds 400",
    async (body) => {
      const { failedKey } = parked(rig, row);

      expect(await redrive(failedKey, body)).toMatchObject({
        status: 400,
        body: { code: "INVALID_REQUEST" },
      });
    },
  );

  test("leaves the row open with the error when the queue refuses the message", async () => {
    put();
    const { failedKey } = parked(rig, row);
    rig.faults.before = (call) => {
      if (call === "queues.send")
        throw Object.assign(new Error("no such queue"), { name: "QueueDoesNotExist" });
    };

    expect(await redrive(failedKey)).toMatchObject({ status: 422, body: { code: "REDRIVE_REFUSED" } });

    expect(rowOf(failedKey)).toMatchObject({
      status: "OPEN",
      generation: 2,
      reason: "UNKNOWN_ORDER",
      errorName: "QueueDoesNotExist",
    });
  });

  test("publishes a refused event and resolves its row", async () => {
    put();
    const { failedKey } = parked(rig, row, { consumer: "publish-events", reason: "PUBLISH_FAILED" });

    expect(await redrive(failedKey)).toMatchObject({ body: { outcome: "sent", status: "RESOLVED" } });

    expect(rig.publisher.topic.map(({ id }) => id)).toEqual([created(row).id]);
    expect(rowOf(failedKey)?.status).toBe("RESOLVED");
  });

  test("leaves a row open where the topic refuses the event again", async () => {
    put();
    const { failedKey } = parked(rig, row, { consumer: "publish-events", reason: "PUBLISH_FAILED" });
    rig.publisher.refuse = () => ({ kind: "refused", permanent: true, error: new Error("too large") });

    expect(await redrive(failedKey)).toMatchObject({ status: 422, body: { code: "REDRIVE_REFUSED" } });

    expect(rowOf(failedKey)).toMatchObject({ status: "OPEN", generation: 2, errorMessage: "too large" });
  });
});
