import { beforeAll, expect, it } from "vitest";
import { line } from "../client.ts";
import { eventAbout, failedKey, put } from "../messages.ts";
import { openOwnEmulator } from "../open-target.ts";
import { expectExactStock, waitedMinute } from "../tables.ts";
import { untilTrue } from "../until.ts";

/** A refused event is parked at an age of one minute. */
const UNTIL_PARKED_MS = 90_000;

const { target, api } = await openOwnEmulator();
beforeAll(async () => {
  await api.stockUp("tea", 100);
});

it("A9: orders are accepted while the topic is missing and become final when it is back", async () => {
  const findTopic = target.emulator.loseTopic();
  const placed = await Promise.all(Array.from({ length: 5 }, () => api.place({ lines: [line("tea", 2)] })));
  const meanwhile = await Promise.all(placed.map(({ body }) => api.order(body.orderId)));
  findTopic();
  const orders = await Promise.all(placed.map(({ body }) => api.become(body.orderId)));

  expect(placed.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
  expect(new Set(meanwhile.map(({ status }) => status))).toEqual(new Set(["PENDING"]));
  expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(["CONFIRMED"]));
});

it("A9: an event that the topic refuses for a minute is parked, and published by maintenance later", {
  timeout: 2 * UNTIL_PARKED_MS,
}, async () => {
  const findTopic = target.emulator.loseTopic();
  const { body } = await api.place({ lines: [line("tea", 2)] });
  const key = failedKey("publish-events", eventAbout(body, "order.created"));
  const parked = await api.failed(key, "OPEN", UNTIL_PARKED_MS);
  const inVain = await api.call("POST /failed-messages/{failedKey}/redrive", {
    failedKey: key,
    body: { why: "the topic is back" },
  });
  findTopic();
  await target.invoke("maintenance");
  const tooEarly = await api.order(body.orderId);
  await waitedMinute(target, key);
  await target.invoke("maintenance");
  const order = await api.become(body.orderId);

  expect(parked).toMatchObject({ reason: "PUBLISH_FAILED", eventType: "order.created", failures: 1 });
  expect(inVain).toMatchObject({
    status: 422,
    body: { detail: expect.stringContaining("The topic of publish-events does not exist") },
  });
  expect(tooEarly.status).toBe("PENDING");
  expect(order.status).toBe("CONFIRMED");
  const resolved = await api.failed(key, "RESOLVED");
  expect(resolved.history.map(({ act, by }) => `${act} by ${by}`)).toEqual([
    "park by publish-events",
    "redrive by maintenance",
    "resolve by maintenance",
  ]);
});

it("B4: a PENDING order contradicts order.cancelled; cancelled in time it never takes stock", async () => {
  await api.stockUp("waiting", 8);
  const ignored = await target.counted("ignored", "order-created", "order.created");
  const findTopic = target.emulator.loseTopic();
  const kept = await api.place({ lines: [line("waiting", 3)] });
  const dropped = await api.place({ lines: [line("waiting", 5)] });

  const early = eventAbout(kept.body, "order.cancelled", 2);
  await put(target, "order-cancelled", early);
  const parked = await api.failed(failedKey("order-cancelled", early), "OPEN");
  const { body } = await api.cancel(dropped.body.orderId);
  findTopic();
  await api.become(kept.body.orderId, "CONFIRMED");
  await untilTrue(
    "the cancelled order was ignored",
    async () => (await target.counted("ignored", "order-created", "order.created")) === ignored + 1,
  );

  expect(parked).toMatchObject({ reason: "STATE_CONFLICT", failures: 1 });
  expect(body).toMatchObject({ status: "CANCELLED", version: 2 });
  expect(await api.order(dropped.body.orderId)).toEqual(body);
  expect(await api.stock("waiting")).toEqual({ sku: "waiting", onHand: 8, held: 3, available: 5 });
});

it("I1: afterwards the stock matches the orders", () => expectExactStock(target));
