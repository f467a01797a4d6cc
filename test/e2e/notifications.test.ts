import { beforeAll, expect, it } from "vitest";
import { mailed, subjectsAbout } from "./mails.ts";
import { drained, eventAbout, putTogether } from "./messages.ts";
import { openTarget } from "./open-target.ts";
import { rowsOf } from "./tables.ts";

const ADDRESS = "canary.8c1f@example.com";

const { target, api, own } = await openTarget();
beforeAll(async () => {
  await api.stockUp(own("tea"), 100);
});

it("each of an order's mails is sent once", async () => {
  const order = await api.decidedOrder(own("tea"), 1, { email: ADDRESS });
  await mailed(target, order, "is confirmed");
  await api.cancel(order.orderId);
  await mailed(target, order, "is cancelled");

  expect(await subjectsAbout(target, order)).toHaveLength(2);
});

it("I9: ten concurrent duplicates of an event send no second mail", async () => {
  const order = await api.decidedOrder(own("tea"), 1, { email: ADDRESS });
  await mailed(target, order, "is confirmed");

  await putTogether(
    target,
    "notify-customer",
    Array.from({ length: 10 }, () => eventAbout(order, "order.confirmed")),
  );
  await drained(target, "notify-customer");

  expect(await subjectsAbout(target, order)).toHaveLength(1);
});

it("J1, I19: the address is in the order row and the mail, and nowhere else", async () => {
  const elsewhere = await Promise.all([
    rowsOf(target, "failedMessages"),
    rowsOf(target, "notifications"),
    rowsOf(target, "stock"),
    target.logs(),
  ]);

  expect(JSON.stringify(await rowsOf(target, "orders"))).toContain(ADDRESS);
  expect(JSON.stringify(await target.mails())).toContain(ADDRESS);
  for (const each of elsewhere) expect(JSON.stringify(each)).not.toContain("canary.8c1f");
});
