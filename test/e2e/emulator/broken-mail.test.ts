import { beforeAll, expect, it } from "vitest";
import { line } from "../client.ts";
import { mailed, subjectsAbout } from "../mails.ts";
import { drained, eventAbout, failedKey, put } from "../messages.ts";
import { openOwnEmulator } from "../open-target.ts";
import { untilTrue } from "../until.ts";

const ADDRESS = "grace@example.com";

const { target, api } = await openOwnEmulator();
beforeAll(async () => {
  await api.stockUp("tea", 100);
});

it("H3: a mail that the provider refuses permanently is parked at its first attempt", async () => {
  const order = await api.decidedOrder("tea", 1, { email: "grace@refused.example" });

  const row = await api.failed(failedKey("notify-customer", eventAbout(order, "order.confirmed")), "OPEN");

  expect(row).toMatchObject({ reason: "REFUSED", failures: 1, orderId: order.orderId });
  expect(await subjectsAbout(target, order)).toEqual([]);
});

it("H1: a mail of unknown outcome is parked, and no later delivery repeats it", async () => {
  await target.emulator.break("mail");
  const order = await api.decidedOrder("tea", 1, { email: ADDRESS });
  const key = failedKey("notify-customer", eventAbout(order, "order.confirmed"));
  const row = await api.failed(key, "OPEN");
  await target.emulator.mend("mail");

  await put(target, "notify-customer", (await api.failedBody(key)).body);
  await drained(target, "notify-customer");

  expect(row).toMatchObject({ reason: "OUTCOME_UNKNOWN", failures: 1 });
  expect(await api.failed(key, "OPEN")).toMatchObject({ reason: "OUTCOME_UNKNOWN", failures: 2 });
  expect(await subjectsAbout(target, order)).toEqual([]);
});

it("H1: an operator decides about a mail of unknown outcome: it was sent, or it is sent now", async () => {
  await target.emulator.break("mail");
  const orders = [
    await api.decidedOrder("tea", 1, { email: ADDRESS }),
    await api.decidedOrder("tea", 1, { email: ADDRESS }),
  ] as const;
  const keys = orders.map((order) => failedKey("notify-customer", eventAbout(order, "order.confirmed")));
  for (const key of keys) await api.failed(key, "OPEN");
  await target.emulator.mend("mail");

  for (const [index, mail] of (["sent", "not-sent"] as const).entries()) {
    const request = { failedKey: keys[index] ?? "", body: { why: "the provider says so", mail } };
    // Refused while an attempt may still be in progress.
    await untilTrue(`${mail} is accepted`, async () => {
      const { status } = await api.call("POST /failed-messages/{failedKey}/redrive", request);
      return status === 200;
    });
  }
  for (const key of keys) await api.failed(key, "RESOLVED");

  expect(await subjectsAbout(target, orders[0])).toEqual([]);
  expect(await subjectsAbout(target, orders[1])).toEqual([`Your order ${orders[1].orderId} is confirmed`]);
});

it("H4: a confirmation after the cancellation of its order is not sent", async () => {
  const findTopic = target.emulator.loseTopic();
  const { body } = await api.place({ lines: [line("tea")], email: ADDRESS });
  // Directly to the queue, so that the order is confirmed while its confirmation is unpublished.
  await put(target, "order-created", eventAbout(body, "order.created"));
  const order = await api.become(body.orderId, "CONFIRMED");
  await api.cancel(order.orderId);
  findTopic();

  await mailed(target, order, "is cancelled");
  await untilTrue(
    "the confirmation was ignored",
    async () => (await target.counted("ignored", "notify-customer", "order.confirmed")) === 1,
  );

  expect(await subjectsAbout(target, order)).toEqual([`Your order ${order.orderId} is cancelled`]);
});
