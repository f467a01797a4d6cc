import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KAFKA } from "../../../functions/contract/broker-names.ts";
import type { FailedMessageView } from "../../../functions/contract/operator-answers.ts";
import type { OrderEvent, OrderView } from "../../../functions/contract/schemas.ts";
import { line } from "../../e2e/client.ts";
import type { Deployment } from "../../e2e/deployment.ts";
import { drained, failedKey } from "../../e2e/messages.ts";
import { DEPLOYMENT_VARIABLE } from "../../e2e/names.ts";
import { openTarget } from "../../e2e/open-target.ts";
import { expectExactStock, rowsOf } from "../../e2e/tables.ts";
import { untilTrue } from "../../e2e/until.ts";
import { startTestBroker, type TestBroker } from "../../fixtures/kafka-broker.ts";
import { EMULATED } from "../emulator-names.ts";
import { type Attempt, attemptsOf } from "./audit.ts";

const { target, api, own } = await openTarget();
const deployment = JSON.parse(process.env[DEPLOYMENT_VARIABLE] ?? "{}") as Deployment;

/** Enough for six of the eight orders. */
const ON_HAND = 12;
const ORDERS = 8;
const EACH = 2;

let broker: TestBroker;
let orders: readonly OrderView[];
let cancelled: string;
let events: readonly OrderEvent[];
let byKafka: readonly Attempt[];
let byQueues: readonly Attempt[];

const isAcknowledged = (topic: string, group: string) => () =>
  broker.isAcknowledged(group, topic, KAFKA.minimumPartitions);

beforeAll(async () => {
  const since = Date.now();
  broker = await startTestBroker();
  const sku = own("bridged");
  await api.stockUp(sku, ON_HAND);
  const placed = await Promise.all(
    Array.from({ length: ORDERS }, () => api.place({ lines: [line(sku, EACH)] })),
  );
  const first = await Promise.all(placed.map(({ body }) => api.become(body.orderId)));
  cancelled = first.find(({ status }) => status === "CONFIRMED")?.orderId ?? "";
  await api.cancel(cancelled);
  // Created, confirmed or rejected, and one cancelled.
  await untilTrue("the topic has the orders' events", async () => {
    events = await eventsOfOrders(first);
    return events.length >= 2 * ORDERS + 1;
  });
  await untilTrue("the group has committed them", isAcknowledged(EMULATED.topic, EMULATED.group));
  await Promise.all([drained(target, "order-created"), drained(target, "order-cancelled")]);
  const outcomes = async () => {
    byKafka = await attemptsOf(deployment, "order-events-kafka", since);
    byQueues = [
      ...(await attemptsOf(deployment, "order-created", since)),
      ...(await attemptsOf(deployment, "order-cancelled", since)),
    ];
    return wanted().every((id) => outcomesOf(byKafka, id).length > 0 && outcomesOf(byQueues, id).length > 0);
  };
  await untilTrue("the logs have every creation and the cancellation twice", outcomes);
  orders = await Promise.all(first.map(({ orderId }) => api.order(orderId)));
});
afterAll(() => broker.close());

const eventsOfOrders = async (of: readonly OrderView[]): Promise<readonly OrderEvent[]> => {
  const ids = new Set(of.map(({ orderId }) => orderId));
  const records = (await broker.records(EMULATED.topic)).filter(({ key = "" }) => ids.has(key));
  return records.map(({ value = "" }) => JSON.parse(value) as OrderEvent);
};

const isOwn = (eventId: string) => events.some(({ id }) => id === eventId);

/** Ids of the events that change stock. */
const wanted = () =>
  events.filter(({ type }) => type === "order.created" || type === "order.cancelled").map(({ id }) => id);

const outcomesOf = (finished: readonly Attempt[], id: string) =>
  finished.filter(({ eventId }) => eventId === id).map(({ outcome }) => outcome);

describe("orders of a deployment with the bridge as its topic mappings", () => {
  it("reach the topic: one creation each, and the cancellation of the cancelled one", () => {
    const created = events.filter(({ type }) => type === "order.created").map(({ subject }) => subject);
    const gone = events.filter(({ type }) => type === "order.cancelled").map(({ subject }) => subject);

    expect([...created].sort()).toEqual(orders.map(({ orderId }) => orderId).sort());
    expect(gone).toEqual([cancelled]);
  });

  it("F9: reach order-events-kafka and the queues, and have one effect", () => {
    expect(wanted()).toHaveLength(ORDERS + 1);
    for (const id of wanted()) {
      const all = [...outcomesOf(byKafka, id), ...outcomesOf(byQueues, id)];
      expect({ id, done: all.filter((each) => each === "done").length }).toEqual({ id, done: 1 });
      expect(new Set(all)).toEqual(new Set(["done", "duplicate"]));
    }
  });

  it("F9: reserve stock once and release it once", async () => {
    const stock = await api.stock(own("bridged"));

    const held = ON_HAND - EACH;
    expect(stock).toEqual({ sku: own("bridged"), onHand: ON_HAND, held, available: ON_HAND - held });
    await expectExactStock(target);
  });

  it("leave the failed-message store and the dead-letter topic empty", async () => {
    const givenUp = await broker.records(EMULATED.deadLetterTopic);
    const failed = await rowsOf<FailedMessageView>(target, "failedMessages");

    expect(givenUp).toEqual([]);
    expect(failed.filter(({ status, eventId = "" }) => status !== "RESOLVED" && isOwn(eventId))).toEqual([]);
  });
});

describe("a malformed record of the topic", () => {
  it("is parked by order-events-kafka and commits with the others", async () => {
    const body = `no event${target.tag}`;

    await broker.send({ topic: EMULATED.topic, key: "unknown", value: body });
    const parked = await api.failed(failedKey("order-events-kafka", body), "OPEN");

    expect(parked).toMatchObject({ consumer: "order-events-kafka" });
    await untilTrue("the group has committed it", isAcknowledged(EMULATED.topic, EMULATED.group));
    expect(await broker.records(EMULATED.deadLetterTopic)).toEqual([]);
  });
});
