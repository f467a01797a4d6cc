import { beforeAll, expect, it } from "vitest";
import { depthOf, drained, eventAbout, failedKey, put } from "./messages.ts";
import { openTarget } from "./open-target.ts";
import { expectExactStock } from "./tables.ts";

/** At most half a minute for five receives with back-off, and ten seconds for the delay of a retry. */
const ONE_ROUND_MS = 100_000;
const TWO_ROUNDS_MS = 200_000;

const { target, api, own } = await openTarget();
beforeAll(async () => {
  await api.stockUp(own("tea"), 100);
});

it("E5: a message with an invalid retry counter is parked at once, without a retry", async () => {
  const order = await api.decidedOrder(own("tea"), 1);

  for (const [version, count] of ["abc", "-1", "1e9", "4", ""].entries()) {
    const event = eventAbout(order, "order.cancelled", version + 10);
    const attributes = {
      type: event.type,
      ...(count === "" ? { dlqRetryCount: " " } : { dlqRetryCount: count }),
    };
    await put(target, "order-cancelled", event, attributes, "dead-letters");

    const key = failedKey("order-cancelled", event);
    expect(await api.failed(key, "OPEN")).toMatchObject({ reason: "BAD_DLQ_RETRY_COUNT" });
    expect(await api.failedBody(key)).toMatchObject({ attributes });
  }
  expect(await depthOf(target, "order-cancelled", "dead-letters")).toBe(0);
});

it("E4: a message that reaches the dead-letter queue after its effect is retried and does nothing", async () => {
  const order = await api.decidedOrder(own("tea"), 1);
  const event = eventAbout(order, "order.created", 1);

  await put(target, "order-created", event, {}, "dead-letters");
  await drained(target, "order-created");

  expect(await api.order(order.orderId)).toEqual(order);
});

it("a message without a stored reason is parked as NO_REPORT after three retries", async () => {
  const order = await api.decidedOrder(own("tea"), 1);
  const event = eventAbout(order, "order.cancelled", 3);

  await put(target, "order-cancelled", event, { dlqRetryCount: "3" }, "dead-letters");

  const row = await api.failed(failedKey("order-cancelled", event), "OPEN");
  expect(row).toMatchObject({ reason: "NO_REPORT", failures: 1, orderId: order.orderId });
});

it("B2, I10: a message that fails five times after its third retry is parked with its last reason", {
  timeout: TWO_ROUNDS_MS,
}, async () => {
  const order = await api.decidedOrder(own("tea"), 1);
  // The row can still reach this version, so the consumer retries.
  const event = eventAbout(order, "order.confirmed", order.version + 7);

  await put(target, "notify-customer", event, { type: event.type, dlqRetryCount: "3" });
  const parked = await api.failed(failedKey("notify-customer", event), "OPEN", TWO_ROUNDS_MS);

  expect(parked).toMatchObject({ reason: "RETRIES_EXHAUSTED", generation: 1, failures: 2 });
  expect(await depthOf(target, "notify-customer")).toBe(0);
  expect(await depthOf(target, "notify-customer", "dead-letters")).toBe(0);
});

it("I1: afterwards the stock matches the orders", async () => {
  await drained(target, "order-created", ONE_ROUND_MS);
  await expectExactStock(target);
});
