import { beforeEach, describe, expect, test } from "vitest";
import { RabbitRefusal } from "../../functions/adapters/rabbitmq-errors.ts";
import { METRICS } from "../../functions/contract/names.ts";
import { reported } from "../fakes/test-consumer.ts";
import { cancelled, created, line, order } from "../fixtures/events.ts";
import { sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { rabbitEventOf, rabbitRecord } from "../fixtures/rabbitmq-events.ts";
import { invoke, newRig, type Rig } from "./rig.ts";
import { failed } from "./rig-rows.ts";

const CONSUMER = "order-events-rabbitmq";
let rig: Rig;
const row = order("1");
const event = created(row);
beforeEach(() => {
  rig = newRig();
  rig.tables.rows.orders.set(row.orderId, row);
  rig.tables.rows.stock.set(line().sku, { sku: line().sku, onHand: 10, held: 0 } as never);
});

const full = () => ({
  kind: "refused" as const,
  permanent: false,
  error: new RabbitRefusal("QUEUE_FULL", "no room"),
});

describe("publish-to-rabbitmq", () => {
  test("publishes a message of its queue by its type, with its ids and the marks of a redrive for the consumer", async () => {
    const failedKey = `${CONSUMER}~${event.id}`;
    const marks = { redriveId: "r", failedKey, dlqRetryCount: "0" };

    expect(await invoke("publish-to-rabbitmq", sqsEvent(sqsRecord(event, { attributes: marks })))).toEqual(
      reported(),
    );

    expect(rig.rabbitmq.messages).toMatchObject([
      {
        exchange: "order.exchange",
        routingKey: "order.created",
        messageId: event.id,
        correlationId: event.subject,
        headers: { type: "order.created", redriveId: "r", failedKey },
      },
    ]);
    expect(rig.out.total(METRICS.published, "order.created")).toBe(1);
  });

  test("R6: leaves what the broker refuses in its queue, and only that", async () => {
    rig.rabbitmq.refuse = ({ routingKey }) => (routingKey === "order.cancelled" ? full() : undefined);
    const good = sqsRecord(event);
    const refused = sqsRecord(cancelled(row));

    expect(await invoke("publish-to-rabbitmq", sqsEvent(good, refused))).toEqual(reported(refused.messageId));
    expect(failed()).toEqual([]);
    // Alarms on metrics of the other backbones would name a wrong one.
    expect(rig.out.total(METRICS.rabbitmqPublishFailed)).toBe(1);
    expect([rig.out.total(METRICS.publishFailed), rig.out.total(METRICS.kafkaPublishFailed)]).toEqual([0, 0]);
  });
});

describe("order-events-rabbitmq", () => {
  test("decides an order by the same use-case as the queues, and returns without a response", async () => {
    expect(await invoke(CONSUMER, rabbitEventOf(rabbitRecord(event)))).toBeNull();

    expect(rig.tables.rows.orders.get(row.orderId)?.status).toBe("CONFIRMED");
    expect(rig.rabbitmq.messages).toEqual([]);
  });

  test("R2: copies what fails to a retry queue with its bytes, its id and the next attempt", async () => {
    rig.faults.before = (call) => {
      if (call.startsWith("orderStockStore.")) throw new Error("down");
    };
    const record = rabbitRecord(event, {
      headers: { sentAt: "1", traceparent: "t", "x-death": [{ count: 3 }] },
    });

    expect(await invoke(CONSUMER, rabbitEventOf(record))).toBeNull();

    expect(rig.rabbitmq.messages).toEqual([
      {
        exchange: "",
        routingKey: "order.queue.retry.5s",
        body: Buffer.from(JSON.stringify(event)),
        messageId: event.id,
        type: "order.created",
        contentType: "application/cloudevents+json; charset=UTF-8",
        correlationId: event.subject,
        headers: { sentAt: "1", traceparent: "t", attempt: "2" },
      },
    ]);
  });

  test("R2: parks the third failure with its error, and copies nothing", async () => {
    rig.faults.before = (call) => {
      if (call.startsWith("orderStockStore.")) throw new Error("down");
    };

    await invoke(CONSUMER, rabbitEventOf(rabbitRecord(event, { headers: { attempt: "3", sentAt: "1" } })));

    expect(failed()).toMatchObject([{ status: "OPEN", reason: "RETRIES_EXHAUSTED", errorMessage: "down" }]);
    expect(rig.rabbitmq.messages).toEqual([]);
  });

  test("keeps the third failure in the longest retry queue while the store is down", async () => {
    rig.faults.before = (call) => {
      if (/^(orderStockStore|failedMessages)\./.test(call)) throw new Error("down");
    };

    await invoke(CONSUMER, rabbitEventOf(rabbitRecord(event, { headers: { attempt: "3" } })));

    expect(rig.rabbitmq.messages).toMatchObject([
      { routingKey: "order.queue.retry.120s", headers: { attempt: "3" } },
    ]);
  });

  test("R4: fails where the broker refuses the copy, although other messages of the batch are done", async () => {
    rig.rabbitmq.refuse = full;
    const other = order("2");
    rig.faults.before = (call) => {
      if (call.startsWith("orderStockStore.")) throw new Error("down");
    };

    const running = invoke(CONSUMER, rabbitEventOf(rabbitRecord(event), rabbitRecord(created(other))));

    await expect(running).rejects.toThrow("QUEUE_FULL");
  });

  test("parking the same publication again changes nothing, whatever an operator did with its row", async () => {
    const poison = () => rabbitRecord("{", { messageId: "m", headers: { sentAt: "7" } });

    await invoke(CONSUMER, rabbitEventOf(poison()));
    await invoke(CONSUMER, rabbitEventOf(poison()));

    expect(failed()).toMatchObject([
      { reason: "MALFORMED_JSON", failures: 1, source: "rabbitmq:/:order.queue/m@7" },
    ]);
  });
});

describe("rabbitmq-dead-letters", () => {
  const dead = (
    headers: Readonly<Record<string, unknown>>,
    body: Parameters<typeof rabbitRecord>[0] = event,
  ) => rabbitEventOf(rabbitRecord(body, { queue: "order.dlq", headers }));

  test.each([
    [{}, "1", "order.queue.retry.5s"],
    [{ dlqRetryCount: "1" }, "2", "order.queue.retry.30s"],
    [{ dlqRetryCount: "2" }, "3", "order.queue.retry.120s"],
  ])("R7: retries a message with %o, and its attempts begin again", async (marks, count, routingKey) => {
    await invoke(
      "rabbitmq-dead-letters",
      dead({ ...marks, attempt: "3", suspected: "2", "x-first-death-reason": "expired" }),
    );

    expect(rig.rabbitmq.messages).toMatchObject([
      { routingKey, headers: { dlqRetryCount: count, attempt: "1", failedKey: `${CONSUMER}~${event.id}` } },
    ]);
    expect(failed()).toEqual([]);
  });

  test("a retry takes along any number of headers, and names what is no text in history and log", async () => {
    const many = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`h${i}`, `${i}`]));
    const why = 'sent without the attributes "blob", "nested": the queue does not take them';

    await invoke("rabbitmq-dead-letters", dead({ ...many, blob: { bytes: [-1] }, nested: { a: 1 } }));

    expect(rig.rabbitmq.messages).toMatchObject([{ headers: many }]);
    for (const name of ["blob", "nested"]) expect(rig.rabbitmq.messages[0]?.headers).not.toHaveProperty(name);
    expect(failed()).toMatchObject([{ status: "RETRYING", history: [{ act: "retry", why }] }]);
    expect(rig.out.lines()).toContainEqual(
      expect.objectContaining({ audit: "rabbitmq-dead-letters", act: "retry", leftOut: why }),
    );
  });

  test.each(["CONFIRMED", "REJECTED", "CANCELLED"] as const)(
    "R7: finishes a message whose order is %s: another backbone decided it",
    async (status) => {
      rig.tables.rows.orders.set(row.orderId, { ...row, status });

      await invoke("rabbitmq-dead-letters", dead({ "x-first-death-reason": "expired" }));

      expect(rig.rabbitmq.messages).toEqual([]);
      expect(failed()).toEqual([]);
      expect(rig.out.total(METRICS.duplicate, "order.created")).toBe(1);
    },
  );

  test("R7: does not finish a message that contradicts its order: its consumer parks it", async () => {
    rig.tables.rows.orders.set(row.orderId, { ...row, status: "CONFIRMED" });
    const lines = [line({ quantity: 9 })];

    await invoke("rabbitmq-dead-letters", dead({}, { ...event, data: { ...event.data, lines } }));

    expect(rig.rabbitmq.messages).toMatchObject([{ routingKey: "order.queue.retry.5s" }]);
  });

  test("R7: resolves the row of a redriven message that it finishes", async () => {
    const failedKey = `${CONSUMER}~${event.id}`;
    rig.faults.before = (call) => {
      if (call.startsWith("orderStockStore.")) throw new Error("down");
    };
    await invoke(CONSUMER, rabbitEventOf(rabbitRecord(event, { headers: { attempt: "3" } })));
    rig.faults.before = () => {};
    rig.tables.rows.orders.set(row.orderId, { ...row, status: "CONFIRMED" });

    await invoke("rabbitmq-dead-letters", dead({ failedKey, redriveId: "r", dlqRetryCount: "0" }));

    expect(failed()).toMatchObject([{ failedKey, status: "RESOLVED" }]);
  });

  test("R7: retries a message whose order cannot be read", async () => {
    rig.faults.before = (call) => {
      if (call === "orders.get") throw new Error("down");
    };

    await invoke("rabbitmq-dead-letters", dead({}));

    expect(rig.rabbitmq.messages).toMatchObject([{ routingKey: "order.queue.retry.5s" }]);
  });

  test("goes by the type of the event, not by the queue that a header names", async () => {
    await invoke("rabbitmq-dead-letters", dead({ "x-first-death-queue": "order.queue" }, cancelled(row)));

    expect(rig.rabbitmq.messages).toMatchObject([{ routingKey: "order.cancelled.queue.retry.5s" }]);
  });

  const inRetryQueue = { reason: { bytes: [...Buffer.from("expired")] }, count: 1 };
  const atLimit = { reason: { bytes: [...Buffer.from("delivery_limit")] }, count: 1 };

  test.each([
    ["expired", { "x-first-death-reason": "expired" }, "EXPIRED"],
    ["reached the limit", { "x-first-death-reason": "delivery_limit" }, "NO_REPORT"],
    ["has a forged reason", { "x-first-death-reason": "forged" }, "NO_REPORT"],
    [
      "reached the limit after a retry queue, on RabbitMQ 3",
      { "x-first-death-reason": "expired", "x-death": [atLimit, inRetryQueue] },
      "NO_REPORT",
    ],
    [
      "reached the limit after a retry queue, on RabbitMQ 4",
      {
        "x-first-death-reason": "expired",
        "x-last-death-reason": "delivery_limit",
        "x-death": [inRetryQueue],
      },
      "NO_REPORT",
    ],
    [
      "expired after a retry queue",
      { "x-first-death-reason": "expired", "x-death": [inRetryQueue, inRetryQueue] },
      "EXPIRED",
    ],
    ["was put there by a client", { "x-death": "forged" }, "NO_REPORT"],
  ])("R7: parks the fourth death of a message that %s", async (_, headers, expected) => {
    await invoke("rabbitmq-dead-letters", dead({ dlqRetryCount: "3", ...headers }));

    expect(failed()).toMatchObject([
      { status: "OPEN", reason: expected, consumer: CONSUMER, failedKey: `${CONSUMER}~${event.id}` },
    ]);
    expect(rig.rabbitmq.messages).toEqual([]);
  });

  test.each(["-1", "4", "many", ""])(
    "R10: parks a message whose dlqRetryCount is %j",
    async (dlqRetryCount) => {
      await invoke("rabbitmq-dead-letters", dead({ dlqRetryCount }));

      expect(failed()).toMatchObject([{ reason: "BAD_DLQ_RETRY_COUNT" }]);
    },
  );

  test("parks an unreadable message at once: no retry can help", async () => {
    await invoke("rabbitmq-dead-letters", dead({}, "{"));

    expect(failed()).toMatchObject([{ reason: "MALFORMED_JSON", consumer: CONSUMER, body: "{" }]);
    expect(rig.rabbitmq.messages).toEqual([]);
  });

  test("fails where a retry is refused, so that the batch is redelivered", async () => {
    rig.rabbitmq.refuse = full;

    await expect(invoke("rabbitmq-dead-letters", dead({}))).rejects.toThrow("1 records failed");
    expect(failed()).toEqual([]);
  });
});
