import { afterAll, beforeAll, expect, it } from "vitest";
import type { OrderView } from "../../functions/contract/schemas.ts";
import { type Client, client, line } from "./client.ts";
import { drained, eventAbout, failedKey, put, putTogether } from "./messages.ts";
import { openStage, STAGE_STARTS_MS } from "./stage-target.ts";
import { rowsOf } from "./tables.ts";
import type { StageTarget } from "./target.ts";
import { untilTrue } from "./until.ts";

const ADDRESS = "canary.8c1f@example.com";

let target: StageTarget;
let api: Client;
beforeAll(async () => {
  target = await openStage();
  api = client(target);
  await api.stockUp("tea", 100);
}, STAGE_STARTS_MS);
afterAll(() => target.close());

const subjectsAbout = async ({ orderId }: OrderView) =>
  (await target.stage.mails()).flatMap(({ subject }) => (subject.includes(orderId) ? [subject] : []));

const mailed = (order: OrderView, ending: string) =>
  untilTrue(`the mail about ${order.orderId}`, async () =>
    (await subjectsAbout(order)).some((subject) => subject.endsWith(ending)),
  );

it("each of an order's mails is sent once", async () => {
  const order = await api.settled("tea", 1, { email: ADDRESS });
  await mailed(order, "is confirmed");
  await api.cancel(order.orderId);
  await mailed(order, "is cancelled");

  expect(await subjectsAbout(order)).toHaveLength(2);
});

it("I9: ten copies of an event at once make no second mail", async () => {
  const order = await api.settled("tea", 1, { email: ADDRESS });
  await mailed(order, "is confirmed");

  await putTogether(
    target,
    "notify-customer",
    Array.from({ length: 10 }, () => eventAbout(order, "order.confirmed")),
  );
  await drained(target, "notify-customer");

  expect(await subjectsAbout(order)).toHaveLength(1);
});

it("H3: a mail that the provider refuses for good is parked at its first attempt", async () => {
  const order = await api.settled("tea", 1, { email: "grace@refused.example" });

  const row = await api.failed(failedKey("notify-customer", eventAbout(order, "order.confirmed")), "OPEN");

  expect(row).toMatchObject({ reason: "REFUSED", failures: 1, orderId: order.orderId });
  expect(await subjectsAbout(order)).toEqual([]);
});

it("H1: a mail whose outcome nobody knows is parked, and no later copy doubles it", async () => {
  await target.stage.break("mail");
  const order = await api.settled("tea", 1, { email: ADDRESS });
  const key = failedKey("notify-customer", eventAbout(order, "order.confirmed"));
  const row = await api.failed(key, "OPEN");
  await target.stage.mend("mail");

  await put(target, "notify-customer", row.body);
  await drained(target, "notify-customer");

  expect(row).toMatchObject({ reason: "OUTCOME_UNKNOWN", failures: 1 });
  expect(await api.failed(key, "OPEN")).toMatchObject({ reason: "OUTCOME_UNKNOWN", failures: 2 });
  expect(await subjectsAbout(order)).toEqual([]);
});

it("H4: a confirmation that comes after the order was cancelled is not sent any more", async () => {
  const findTopic = target.stage.loseTopic();
  const { body } = await api.place({ lines: [line("tea")], email: ADDRESS });
  // Past the lost topic, so that the order is confirmed and its confirmation still waits to be published.
  await put(target, "order-created", eventAbout(body, "order.created"));
  const order = await api.become(body.orderId, "CONFIRMED");
  await api.cancel(order.orderId);
  findTopic();

  await mailed(order, "is cancelled");
  await untilTrue(
    "the confirmation was come across",
    async () => (await target.stage.counted("ignored", "notify-customer", "order.confirmed")) === 1,
  );

  expect(await subjectsAbout(order)).toEqual([`Your order ${order.orderId} is cancelled`]);
});

it("J1, I19: the address stands in the order row and the mail, and nowhere else", async () => {
  const elsewhere = await Promise.all([
    rowsOf(target, "failedMessages"),
    rowsOf(target, "notifications"),
    rowsOf(target, "stock"),
    target.stage.logs(),
  ]);

  expect(JSON.stringify(await rowsOf(target, "orders"))).toContain(ADDRESS);
  expect(JSON.stringify(await target.stage.mails())).toContain(ADDRESS);
  for (const each of elsewhere) expect(JSON.stringify(each)).not.toContain("canary.8c1f");
});
