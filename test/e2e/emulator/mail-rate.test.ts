import { expect, it } from "vitest";
import type { Mail } from "../../../lib/emulator/services/mailbox.ts";
import { openOwnEmulator } from "../open-target.ts";
import { untilTrue } from "../until.ts";

const { target, api } = await openOwnEmulator({ mailRatePerSecond: "1" });

const ORDERS = 6;

// A busy machine delays a mail, and so shortens the time to the next.
it("at one mail a second no two are sent at once, over all invocations", { retry: 5 }, async () => {
  await api.stockUp("tea", 100);
  const mailsAbout = async (orders: readonly { readonly orderId: string }[]) =>
    ((await target.mails()) as readonly Mail[]).filter(({ subject }) =>
      orders.some(({ orderId }) => subject.includes(orderId)),
    );

  const orders = await Promise.all(Array.from({ length: ORDERS }, () => api.decidedOrder("tea", 1)));
  await untilTrue("each order is mailed", async () => (await mailsAbout(orders)).length === ORDERS);

  const sentAt = (await mailsAbout(orders)).map(({ at }) => at).sort((one, other) => one - other);
  const gaps = sentAt.slice(1).map((at, i) => at - (sentAt[i] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(700);
});
