import { beforeEach, describe, expect, test } from "vitest";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import { created, line, order } from "../fixtures/events.ts";
import { OPERATOR, ops, parked } from "./operator-api.ts";
import { simulateQueues } from "./queue-simulator.ts";
import { newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
  rig.tables.rows.orders.set(row.orderId, row);
});

const row = order("1");
const event = created(row);
const rowOf = (key: string) => rig.tables.rows.failed.get(key);
const edit = (key: string, body: unknown, more: object = {}) => editText(key, JSON.stringify(body), more);
const editText = (key: string, body: unknown, more: object = {}) =>
  ops("POST /{failedKey}/edit", { key, body: { body, why: "the producer was wrong", ...more } });

describe("POST /failed-messages/{failedKey}/edit", () => {
  test("sends the new body, which is processed; the row keeps the original body", async () => {
    await rig.tables.stock.count("TEA-1", 5);
    const broken = JSON.stringify({ ...event, specversion: "0.3" });
    const { failedKey } = parked(rig, row, { body: broken, reason: "INVALID_EVENT" });

    const answer = await edit(failedKey, event);
    await simulateQueues(rig).drain();

    expect(answer).toMatchObject({ status: 200, body: { outcome: "sent", status: "REDRIVEN" } });
    expect(rig.tables.rows.orders.get(row.orderId)?.status).toBe("CONFIRMED");
    expect(rowOf(failedKey)).toMatchObject({
      status: "RESOLVED",
      originalBody: broken,
      body: JSON.stringify(event),
      history: [
        { act: "park" },
        { by: OPERATOR, act: "edit and redrive", why: "the producer was wrong" },
        { act: "resolve" },
      ],
    });
    expect(rig.tables.rows.failed.size).toBe(1);
  });

  test.each<[string, (event: OrderEvent) => unknown, string]>([
    [
      "id",
      (e) => ({ ...e, id: `${e.subject}:2:order.created`, data: { ...e.data, orderVersion: 2 } }),
      "/body/id",
    ],
    [
      "subject",
      (e) => ({ ...e, subject: order("2").orderId, id: `${order("2").orderId}:1:order.created` }),
      "/body/id",
    ],
    ["lines", (e) => ({ ...e, data: { ...e.data, lines: [line({ quantity: 9 })] } }), "/body/data/lines"],
    ["fields", ({ time: _, ...e }) => e, "/body/time"],
    [
      "quantity",
      (e) => ({ ...e, data: { ...e.data, lines: [{ ...line(), quantity: 0 }] } }),
      "/body/data/lines/0/quantity",
    ],
  ])("refuses a change of the %s of an order event", async (_, change, pointer) => {
    const { failedKey } = parked(rig, row);
    const before = rowOf(failedKey);

    expect(await edit(failedKey, change(event))).toMatchObject({
      status: 422,
      body: { code: "EDIT_REFUSED", pointer },
    });
    expect(rowOf(failedKey)).toEqual(before);
    expect(rig.queues.sent).toEqual([]);
  });

  test("K3: an unchanged body is sent and stored byte for byte, in any format", async () => {
    const text = JSON.stringify(event).replace(
      "{",
      '{ "more":{"one":1.0,"b":1,"1":2,"e":"\\u00e9 \\ufffd"},\r\n',
    );
    const { failedKey } = parked(rig, row, { body: text });

    expect(await editText(failedKey, text)).toMatchObject({ status: 200, body: { outcome: "sent" } });

    expect(rig.queues.sent).toMatchObject([{ body: text }]);
    expect(rowOf(failedKey)).toMatchObject({ body: text, originalBody: text });
  });

  test("K3: an untouched body of a publisher is published byte for byte", async () => {
    const text = JSON.stringify(event).replace("{", '{ "one":1.0,"e":"\\u00e9",\n');
    const { failedKey } = parked(rig, row, { body: text, consumer: "publish-events" });

    expect(await editText(failedKey, text)).toMatchObject({ status: 200, body: { outcome: "sent" } });

    expect(rig.publisher.texts).toEqual([text]);
    expect(rowOf(failedKey)).toMatchObject({ status: "RESOLVED", body: text });
  });

  test.each([
    ["a repeated key", '"more":{"dup":1,"dup":2}', "/body/more/dup"],
    ["a number beyond 2^53 - 1", '"more":[73314510714175488123]', "/body/more/0"],
    ["-0", '"more":-0', "/body/more"],
    ["a lone surrogate", '"more":"\\ud800"', "/body/more"],
  ])("K3: refuses %s, which would be sent with another value", async (_, more, pointer) => {
    const { failedKey } = parked(rig, row);
    const before = rowOf(failedKey);

    expect(await editText(failedKey, JSON.stringify(event).replace("{", `{${more},`))).toMatchObject({
      status: 422,
      body: { code: "EDIT_REFUSED", pointer },
    });
    expect(await editText(failedKey, "{")).toMatchObject({
      status: 422,
      body: { code: "EDIT_REFUSED", pointer: "/body" },
    });
    expect(rowOf(failedKey)).toEqual(before);
    expect(rig.queues.sent).toEqual([]);
  });

  test("allows additional fields and another time", async () => {
    const { failedKey } = parked(rig, row);

    expect(await edit(failedKey, { ...event, time: "2026-01-02T00:00:00Z", more: true })).toMatchObject({
      status: 200,
    });
  });

  test("refuses an event type that the consumer does not process", async () => {
    const { failedKey } = parked(rig, row, { consumer: "order-cancelled", body: "{" });

    expect(await edit(failedKey, event)).toMatchObject({
      status: 422,
      body: { pointer: "/body/type", detail: "order-cancelled accepts no order.created." },
    });
  });

  test("resolves the message instead where its effect is done", async () => {
    rig.tables.rows.orders.set(row.orderId, { ...row, status: "CONFIRMED", version: 2 });
    const { failedKey } = parked(rig, row, { body: "{" });

    expect(await edit(failedKey, event)).toMatchObject({ status: 200, body: { outcome: "resolved" } });
    expect(rig.queues.sent).toEqual([]);
  });

  test("as a dry run changes nothing; with another generation answers 409", async () => {
    const { failedKey } = parked(rig, row, { body: "{" });
    const before = rowOf(failedKey);

    expect(await edit(failedKey, event, { dryRun: true })).toMatchObject({ body: { outcome: "would send" } });
    expect(await edit(failedKey, event, { generation: 2 })).toMatchObject({ status: 409 });
    expect(await editText(failedKey, event)).toMatchObject({ status: 400, body: { pointer: "/body" } });
    expect(rowOf(failedKey)).toEqual(before);
  });
});

describe("E12: POST /failed-messages/{failedKey}/discard", () => {
  const discard = (key: string, more: object = {}) =>
    ops("POST /{failedKey}/discard", { key, body: { why: "a test order", ...more } });
  const undo = (key: string, more: object = {}) =>
    ops("POST /{failedKey}/undo", { key, body: { why: "no test after all", ...more } });

  test("keeps the row with operator, time and reason, and reports the consequences", async () => {
    const { failedKey } = parked(rig, row);

    expect(await discard(failedKey)).toMatchObject({
      status: 200,
      body: {
        status: "DISCARDED",
        consequences: [`Order ${row.orderId} stays PENDING: no stock is held for it.`],
      },
    });
    expect(rowOf(failedKey)).toMatchObject({
      status: "DISCARDED",
      expiresAt: expect.any(Number),
      history: [
        { act: "park" },
        { by: OPERATOR, act: "discard", why: "a test order", at: "2026-01-01T12:00:00.000Z" },
      ],
    });
  });

  test("as a dry run reports the same and leaves the row unchanged", async () => {
    const { failedKey } = parked(rig, row);
    const before = rowOf(failedKey);

    expect(await discard(failedKey, { dryRun: true })).toMatchObject({
      status: 200,
      body: { status: "OPEN", consequences: [expect.stringContaining("PENDING")] },
    });
    expect(rowOf(failedKey)).toEqual(before);
  });

  test("is undone once, by a row of the next generation", async () => {
    const { failedKey } = parked(rig, row);
    await discard(failedKey);

    expect(await undo(failedKey)).toMatchObject({ status: 200, body: { status: "OPEN", generation: 2 } });
    expect(await undo(failedKey)).toMatchObject({ status: 409 });
    expect(rowOf(failedKey)?.expiresAt).toBeUndefined();
    expect(rowOf(failedKey)?.history.map(({ act }) => act)).toEqual(["park", "discard", "undo"]);
  });

  test("is undone only for the generation that the operator read", async () => {
    const { failedKey } = parked(rig, row);
    const { generation } = (await discard(failedKey)).body;
    await undo(failedKey, { generation });
    await discard(failedKey);
    const before = rowOf(failedKey);

    expect(await undo(failedKey, { generation })).toMatchObject({
      status: 409,
      body: { code: "FAILED_MESSAGE_CHANGED", detail: expect.stringMatching(/generation 2/) },
    });
    expect(rowOf(failedKey)).toEqual(before);
    expect(await undo(failedKey, { generation: 2 })).toMatchObject({ status: 200, body: { status: "OPEN" } });
  });

  test("is not undone by a dry run, which is refused where an undo is refused", async () => {
    const { failedKey } = parked(rig, row);
    expect(await undo(failedKey, { dryRun: true })).toMatchObject({ status: 409 });
    await discard(failedKey);
    const before = rowOf(failedKey);

    expect(await undo(failedKey, { dryRun: true })).toMatchObject({
      status: 200,
      body: { status: "DISCARDED", generation: 1 },
    });
    expect(rowOf(failedKey)).toEqual(before);
  });

  test("has the same response when repeated, and is refused for a redriven message", async () => {
    const { failedKey } = parked(rig, row);
    await discard(failedKey);
    const once = rowOf(failedKey);

    expect(await discard(failedKey)).toMatchObject({ status: 200 });
    expect(rowOf(failedKey)).toEqual(once);
    const other = parked(rig, order("2"), {}, "REDRIVEN");
    expect(await discard(other.failedKey)).toMatchObject({ status: 409 });
    expect(await discard(other.failedKey, { generation: 9 })).toMatchObject({ status: 409 });
  });

  test("names the stock that stays held when a cancellation is discarded", async () => {
    rig.tables.rows.orders.set(row.orderId, { ...row, status: "CANCELLED", version: 3, stockHeld: true });
    const { failedKey } = parked(rig, row, {
      consumer: "order-cancelled",
      eventId: `${row.orderId}:3:order.cancelled`,
      eventType: "order.cancelled",
    });

    expect((await discard(failedKey)).body["consequences"]).toEqual([
      `Stock stays held for the cancelled order ${row.orderId}: 1 × TEA-1.`,
    ]);
  });
});
