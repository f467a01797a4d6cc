import { describe, expect, test } from "vitest";
import { RABBITMQ_QUEUE_NAMES } from "../../../functions/contract/broker-names.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { UnexpectedEvent } from "../../../functions/middleware/transport.ts";
import {
  copiedHeaders,
  earlierDeliveries,
  type RabbitRecord,
  rabbitmq,
  uncopiedHeaders,
} from "../../../functions/middleware/transports/rabbitmq.ts";
import {
  isSpent,
  type RabbitCopy,
  retryThroughQueues,
} from "../../../functions/middleware/transports/rabbitmq-retries.ts";
import { decodeRabbitRecord } from "../../../functions/orders/decode-record.ts";
import { created, NOW, order } from "../../fixtures/events.ts";
import { rabbitEventOf, rabbitRecord } from "../../fixtures/rabbitmq-events.ts";

const transport = rabbitmq({ attempts: 3 });
const event = created(order("1"));
const good = rabbitRecord(event);
const OTHER = "order.cancelled.queue";

describe("an event of RabbitMQ", () => {
  test("is read with the messages of all its queues, each queue's in their order", () => {
    const records = [good, rabbitRecord(event, { queue: OTHER }), rabbitRecord("{}")];

    const read = transport.read(rabbitEventOf(...records));

    expect(read.filter(({ queue }) => queue === "order.queue")).toEqual([records[0], records[2]]);
    expect(read.filter(({ queue }) => queue === OTHER)).toEqual([records[1]]);
  });

  test.each([
    ["orders::/", "orders", "/"],
    ["a::b::shop", "a::b", "shop"],
    ["::/::/", "::/", "/"],
    ["order.queue::", "order.queue", ""],
    ["order.queue:::x", "order.queue:", "x"],
  ])("has its key split at the last ::, as %s", (key, queue, vhost) => {
    const read = transport.read({ ...rabbitEventOf(), rmqMessagesByQueue: { [key]: [good] } });

    expect(read[0]).toMatchObject({ queue, vhost });
  });

  test("without messages is read", () => {
    expect(transport.read(rabbitEventOf())).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["text", "records"],
    ["an event of SQS", { Records: [] }],
    ["another source", { ...rabbitEventOf(good), eventSource: "aws:amq" }],
    ["no messages", { eventSource: "aws:rmq" }],
    ["messages that are null", { eventSource: "aws:rmq", rmqMessagesByQueue: null }],
    ["messages that are a list", { eventSource: "aws:rmq", rmqMessagesByQueue: [good] }],
    ["a key without a vhost", { eventSource: "aws:rmq", rmqMessagesByQueue: { queue: [good] } }],
    ["a key without a queue", { eventSource: "aws:rmq", rmqMessagesByQueue: { "::/": [good] } }],
    ["a queue that is no list", { eventSource: "aws:rmq", rmqMessagesByQueue: { "q::/": good } }],
    ["a message that is null", { eventSource: "aws:rmq", rmqMessagesByQueue: { "q::/": [null] } }],
    ["a message that is a list", { eventSource: "aws:rmq", rmqMessagesByQueue: { "q::/": [[]] } }],
  ])("fails closed on %s", (_, broken) => {
    expect(() => transport.read(broken)).toThrow(UnexpectedEvent);
  });
});

describe("a message of RabbitMQ", () => {
  test.each<[string, unknown, string | undefined]>([
    ["text as bytes", { bytes: [118, 97, 108] }, "val"],
    ["signed bytes of UTF-8", { bytes: [-61, -68] }, "ü"],
    ["text as text", "val", "val"],
    ["a number", 42, "42"],
    ["a boolean", true, "true"],
  ])("keeps a header that is %s", (_, value, expected) => {
    expect(transport.attributes(rabbitRecord(event, { headers: { h: value } }))).toEqual({ h: expected });
  });

  test.each<[string, unknown]>([
    ["nested", { a: { bytes: [1] } }],
    ["a list", [{ count: 7 }]],
    ["null", null],
    ["bytes out of range", { bytes: [999] }],
  ])("leaves out a header that is %s, and keeps its name", (_, value) => {
    const record = rabbitRecord(event, { headers: { h: value, kept: "a" } });

    expect(transport.attributes(record)).toEqual({
      kept: "a",
      "(omitted headers)": { type: "Omitted", value: '["h"]' },
    });
    expect(uncopiedHeaders(record)).toEqual(["h"]);
  });

  test("a copy takes along no bytes that are not text, and names them", () => {
    const headers = { bytes: { bytes: [-1, 0] }, text: { bytes: [97] }, "x-death": [{ count: 1 }] };
    const record = rabbitRecord(event, { headers });

    expect(copiedHeaders(record)).toEqual({ text: "a" });
    expect(uncopiedHeaders(record)).toEqual(["bytes"]);
  });

  test("leaves out what the broker adds, whatever its case", () => {
    const headers = { "x-death": [{ count: 3 }], "X-Delivery-Count": 4, "x-custom": "a", own: "b" };

    expect(transport.attributes(rabbitRecord(event, { headers }))).toEqual({ own: "b" });
    expect(copiedHeaders(rabbitRecord(event, { headers }))).toEqual({ own: "b" });
  });

  test("is stored without its attempts, so that a redrive begins again", () => {
    const headers = { attempt: "3", suspected: "2", own: "b" };

    expect(transport.attributes(rabbitRecord(event, { headers }))).toEqual({ own: "b" });
  });

  test.each([null, undefined, "text", 7, []])("with %o as its headers has none", (headers) => {
    const record = { ...good, basicProperties: { headers } };

    expect(transport.attributes(record)).toEqual({});
    expect(transport.attempt(record)).toBe(1);
    expect(transport.isRetriedOrRedriven(record)).toBe(false);
  });

  test("with a header named __proto__ has it like any other", () => {
    const headers = JSON.parse('{"__proto__":{"bytes":[97]}}');
    const record = { ...good, basicProperties: { headers } };

    expect(Object.keys(transport.attributes(record))).toEqual(["__proto__"]);
    expect(Object.keys(copiedHeaders(record))).toEqual(["__proto__"]);
  });

  test.each([
    ["absent", {}, 1, false],
    ["the first", { attempt: "1" }, 1, false],
    ["the second", { attempt: "2" }, 2, false],
    ["the third", { attempt: "3" }, 3, true],
    ["a number instead of text", { attempt: 2 }, 2, false],
    ["R10: beyond the last", { attempt: "900" }, 3, true],
    ["R10: no number", { attempt: "many" }, 3, true],
    ["R10: zero", { attempt: "0" }, 3, true],
    ["R10: negative", { attempt: "-1" }, 3, true],
    ["R10: empty", { attempt: "" }, 3, true],
    ["R10: nested", { attempt: { a: 1 } }, 3, true],
    ["R10: forged by x-death only", { "x-death": [{ count: 900 }] }, 1, false],
  ])("has an attempt that is %s", (_, headers, attempt, isLast) => {
    const record = rabbitRecord(event, { headers });

    expect(transport.attempt(record)).toBe(attempt);
    expect(transport.parksNow?.(record)).toBe(isLast);
  });

  test("names its publication, so that parking it again changes nothing", () => {
    expect(transport.source(good)).toBe(`rabbitmq:/:order.queue/${event.id}@${NOW}`);
  });

  test("names each of its redrives apart, although they may have the same time", () => {
    const headers = { sentAt: String(NOW), redriveId: "r-1" };

    expect(transport.source(rabbitRecord(event, { headers }))).toBe(
      `rabbitmq:/:order.queue/${event.id}~r-1@${NOW}`,
    );
  });

  test.each<[string, RabbitRecord]>([
    ["an id", rabbitRecord(event, { messageId: null })],
    ["a time", rabbitRecord(event, { headers: {} })],
    ["a time that is a number", rabbitRecord(event, { headers: { sentAt: "yesterday" } })],
  ])("names only its queue without %s", (_, record) => {
    expect(transport.source(record)).toBe("rabbitmq:/:order.queue");
  });

  test("is as old as its publication, not as its copy", () => {
    expect(transport.sentAt(good)).toBe(NOW);
    expect(transport.sentAt(rabbitRecord(event, { headers: {} }))).toBeNaN();
  });

  test.each(["redriveId", "dlqRetryCount"])("with a header %s was retried or redriven", (name) => {
    expect(transport.isRetriedOrRedriven(rabbitRecord(event, { headers: { [name]: "1" } }))).toBe(true);
  });

  test("is cut where the store would not take it, and its hash is kept", () => {
    const body = transport.body(rabbitRecord("x".repeat(300_000)));

    expect(Buffer.byteLength(body)).toBeLessThan(263_000);
    expect(body).toMatch(/sha256 [0-9a-f]{64}$/);
  });

  test.each<[string, unknown, string]>([
    ["no base64", "%%%", "BAD_ENCODING"],
    ["no UTF-8", Buffer.from([0xff, 0xfe]).toString("base64"), "BAD_ENCODING"],
    ["absent", undefined, "BAD_ENCODING"],
    ["null", null, "BAD_ENCODING"],
    ["a number", 7, "BAD_ENCODING"],
    ["no JSON", Buffer.from("{").toString("base64"), "MALFORMED_JSON"],
    ["empty", "", "MALFORMED_JSON"],
    ["another event", Buffer.from("{}").toString("base64"), "INVALID_EVENT"],
  ])("whose body is %s is malformed", (_, data, reason) => {
    expect(decodeRabbitRecord({ ...good, data })).toMatchObject({ kind: "malformed", reason });
  });

  test("takes its trace from the header where the event has none", () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    expect(decodeRabbitRecord(rabbitRecord(event, { headers: { traceparent } }))).toMatchObject({
      kind: "message",
      traceparent,
    });
  });
});

describe("deliveries that the broker counted", () => {
  test.each<[string, Readonly<Record<string, unknown>>, number | undefined]>([
    ["none", {}, undefined],
    ["by RabbitMQ 3 and 4.0", { "x-delivery-count": 4 }, 4],
    [
      "by RabbitMQ 4.3, which counts negative acknowledgements only here",
      { "x-delivery-count": 0, "x-acquired-count": 7 },
      7,
    ],
    ["as text", { "x-delivery-count": "4" }, 4],
    ["as garbage", { "x-delivery-count": "many" }, undefined],
    ["below zero", { "x-delivery-count": -1 }, undefined],
  ])("%s", (_, headers, count) => {
    expect(earlierDeliveries(rabbitRecord(event, { headers }))).toBe(count);
  });
});

describe("retries through queues", () => {
  const context = { getRemainingTimeInMillis: () => 5_000 };
  const clock = { now: () => NOW };

  /** A consumer around a handler of these failures, and what it put into queues, in their order. */
  function around(failing: (record: RabbitRecord) => boolean, put?: () => Promise<void>) {
    const log: string[] = [];
    const copies: RabbitCopy[] = [];
    const handled: RabbitRecord[] = [];
    const handle = retryThroughQueues(
      async (received) => {
        const records = transport.read(received);
        handled.push(...records);
        log.push(`handle ${records.length}`);
        return transport.response(records, records.filter(failing));
      },
      {
        copies: {
          async put(each) {
            log.push(`put ${each.length}`);
            copies.push(...each);
            await put?.();
          },
        },
        names: RABBITMQ_QUEUE_NAMES,
        clock,
        attempts: 3,
        delaysSeconds: [5, 30, 120],
      },
    );
    const run = (...records: readonly RabbitRecord[]) => handle(rabbitEventOf(...records), context);
    return { run, log, copies, handled };
  }
  const none = () => false;
  const all = () => true;

  test("put nothing where nothing failed, and return", async () => {
    const { run, log } = around(none);

    await expect(run(good, good)).resolves.toBeNull();
    expect(log).toEqual(["handle 2"]);
  });

  test.each([
    [{}, "order.queue.retry.5s", "2"],
    [{ attempt: "2" }, "order.queue.retry.30s", "3"],
    [{ attempt: "3" }, "order.queue.retry.120s", "3"],
    [{ attempt: "forged" }, "order.queue.retry.120s", "3"],
  ])("R2: put a failure of %o into its delay", async (headers, queue, attempt) => {
    const { run, copies } = around(all);
    const record = rabbitRecord(event, { headers });

    await run(record);

    expect(copies).toEqual([{ queue, record, headers: { attempt } }]);
  });

  test("R4: fail the invocation where a copy is not confirmed, so that the whole batch is redelivered", async () => {
    const { run } = around(all, async () => {
      throw new Error("UNROUTABLE");
    });

    await expect(run(good, good)).rejects.toThrow("UNROUTABLE");
  });

  test("R5: move a message that was delivered too often before anything is handled, and handle the rest", async () => {
    const { run, log, copies, handled } = around(none);
    const worn = rabbitRecord(event, { redelivered: true, headers: { "x-delivery-count": 5 } });

    await run(worn, good);

    expect(log).toEqual(["put 1", "handle 1"]);
    expect(copies).toEqual([{ queue: "order.queue.suspect", record: worn, headers: { suspected: "1" } }]);
    expect(handled).toEqual([good]);
  });

  test("R5: do not invoke the handler where every message is suspect", async () => {
    const { run, log } = around(none);

    await run(rabbitRecord(event, { headers: { "x-acquired-count": 6 } }));

    expect(log).toEqual(["put 1"]);
  });

  test("R5: take a redelivered message that nothing counts for suspect", async () => {
    const { run, copies } = around(none);

    await run(rabbitRecord(event, { redelivered: true, headers: null }));

    expect(copies.map(({ queue }) => queue)).toEqual(["order.queue.suspect"]);
  });

  test("R5: handle nothing where a suspect could not be moved", async () => {
    const { run, log } = around(none, async () => {
      throw new Error("QUEUE_FULL");
    });

    const running = run(rabbitRecord(event, { headers: { "x-delivery-count": 9 } }), good);

    await expect(running).rejects.toThrow("QUEUE_FULL");
    expect(log).toEqual(["put 1"]);
  });

  test("R5: count suspects by a mark of our own where the broker hands no count over", async () => {
    const { run, copies, handled } = around(none);
    const queue = "order.queue.suspect";
    const crashed = rabbitRecord(event, { queue, redelivered: true, headers: { suspected: "1" } });

    await run(crashed);

    expect(handled).toEqual([]);
    expect(copies).toEqual([{ queue, record: crashed, headers: { suspected: "2" } }]);
  });

  test("a suspect that fails in order goes back to its own queue", async () => {
    const { run, copies } = around(all);

    await run(rabbitRecord(event, { queue: "order.queue.suspect", headers: { suspected: "1" } }));

    expect(copies.map(({ queue }) => queue)).toEqual(["order.queue.retry.5s"]);
  });

  test.each<[string, Readonly<Record<string, unknown>>, boolean]>([
    ["for the first time", { suspected: "1" }, false],
    ["for the second time", { suspected: "1", "x-delivery-count": 1 }, false],
    ["for the third time", { suspected: "1", "x-delivery-count": 2 }, true],
    ["for the third time by our own mark", { suspected: "3" }, true],
    ["with a forged mark", { suspected: "-7" }, true],
    ["without a mark", {}, false],
  ])("R5: a suspect that comes alone %s is spent: %o", (_, headers, expected) => {
    const suspect = rabbitRecord(event, { queue: "order.queue.suspect", headers });

    expect(isSpent(suspect, RABBITMQ_QUEUE_NAMES)).toBe(expected);
    expect(isSpent(rabbitRecord(event, { headers }), RABBITMQ_QUEUE_NAMES)).toBe(false);
  });

  test("R5: a spent suspect is parked by its properties, without being read", () => {
    const headers = { suspected: "1", "x-delivery-count": 2 };
    const record = { ...rabbitRecord(event, { queue: "order.queue.suspect", headers }), data: "%%%" };

    expect(decodeRabbitRecord(record)).toMatchObject({
      kind: "malformed",
      reason: "NO_REPORT",
      facts: { eventId: event.id, eventType: "order.created", orderId: event.subject },
    });
  });

  test.each([
    ["no id", { messageId: null }],
    ["an id that is none of ours", { messageId: "<script>" }],
    ["a type that is none of ours", { type: "order.forged" }],
  ])("R5: a spent suspect with %s is parked without one", (_, changes) => {
    const headers = { suspected: "9" };
    const record = rabbitRecord(event as OrderEvent, { queue: "order.queue.suspect", headers, ...changes });

    expect(decodeRabbitRecord(record)).toMatchObject({ reason: "NO_REPORT", facts: {} });
  });
});
