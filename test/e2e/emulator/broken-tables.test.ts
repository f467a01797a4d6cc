import { beforeAll, describe, expect, it } from "vitest";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { line } from "../client.ts";
import { mailed } from "../mails.ts";
import { depthOf, drained, eventAbout, failedKey, put } from "../messages.ts";
import { openOwnEmulator } from "../open-target.ts";
import { expectExactStock } from "../tables.ts";

/** At most half a minute for five receives with back-off, and ten seconds for the delay of a retry. */
const ONE_ROUND_MS = 100_000;
const TWO_ROUNDS_MS = 200_000;

const { target, api } = await openOwnEmulator();
beforeAll(async () => {
  await api.stockUp("tea", 100);
});

describe("during an outage of tables", () => {
  let mailedOrder: OrderView;
  beforeAll(async () => {
    mailedOrder = await api.decidedOrder("tea", 1);
    await mailed(target, mailedOrder, "is confirmed");
    await target.emulator.break("table:stock");
    await target.emulator.break("table:notifications");
  });

  it.concurrent("B2: an order that failed five times is retried from the dead-letter queue and CONFIRMED", {
    timeout: 2 * ONE_ROUND_MS,
  }, async () => {
    const { body } = await api.place({ lines: [line("tea", 2)] });
    const key = failedKey("order-created", eventAbout(body, "order.created"));
    const waiting = await api.failed(key, "RETRYING", ONE_ROUND_MS);
    await target.emulator.mend("table:stock");
    const order = await api.become(body.orderId, "CONFIRMED");
    const resolved = await api.failed(key, "RESOLVED");

    expect(waiting).toMatchObject({
      reason: "RETRIES_EXHAUSTED",
      consumer: "order-created",
      failures: 1,
      errorName: "InternalServerError",
    });
    expect(order).toMatchObject({ version: 2 });
    expect(resolved.history.at(-1)).toMatchObject({ act: "resolve", by: "order-created" });
  });

  it.concurrent("I10: a message that fails after its third retry is parked with its last reason", {
    timeout: TWO_ROUNDS_MS,
  }, async () => {
    const event = eventAbout(mailedOrder, "order.confirmed");

    await put(target, "notify-customer", event, { type: event.type, dlqRetryCount: "2" });
    const parked = await api.failed(failedKey("notify-customer", event), "OPEN", TWO_ROUNDS_MS);

    expect(parked).toMatchObject({
      reason: "RETRIES_EXHAUSTED",
      errorName: "InternalServerError",
      generation: 1,
      // Once by each of the two last attempts, and once when it is parked.
      failures: 3,
    });
    expect(parked.errorMessage).toContain("broken on purpose");
    expect(await depthOf(target, "notify-customer", "dead-letters")).toBe(0);
  });
});

it("I1: afterwards the stock matches the orders", async () => {
  await target.emulator.mend();
  await drained(target, "order-created", ONE_ROUND_MS);
  await expectExactStock(target);
});
