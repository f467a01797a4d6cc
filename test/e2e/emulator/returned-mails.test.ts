import { beforeAll, expect, it } from "vitest";
import { httpObservatory } from "../../../lib/operator/observe/http-observatory.ts";
import { mailed, subjectsAbout } from "../mails.ts";
import { openOwnEmulator } from "../open-target.ts";
import { rowsOf } from "../tables.ts";
import { until, untilTrue } from "../until.ts";

/** Addresses of AWS's mailbox simulator. */
const at = (local: string): string => `${local}@simulator.amazonses.com`;

interface NotificationRow {
  readonly eventId: string;
  readonly state: string;
  readonly feedback?: string;
}

const { target, api } = await openOwnEmulator();
const observatory = httpObservatory(target);
beforeAll(async () => {
  await api.stockUp("tea", 100);
});

const confirmedFor = (email: string) => api.decidedOrder("tea", 1, { email });
const rows = () => rowsOf<NotificationRow>(target, "notifications");
const rowAbout = async (orderId: string) =>
  (await rows()).find(({ eventId }) => eventId.startsWith(`${orderId}:`));
const feedbackOn = (orderId: string) =>
  until(`feedback on order ${orderId}`, async () => (await rowAbout(orderId))?.feedback);
/** The entries of a function in the timeline of an order. */
const timelineOf = async (orderId: string, source: string) =>
  (await observatory.timeline(orderId)).entries.filter((entry) => entry.source === source);
const ignoredMail = (orderId: string) =>
  untilTrue(`the mail of order ${orderId} is ignored`, async () =>
    (await timelineOf(orderId, "notify-customer")).some(({ outcome }) => outcome === "ignored"),
  );
const isOff = (name: string) =>
  untilTrue(`the alarm ${name} goes off`, async () =>
    (await observatory.alarms()).some((alarm) => alarm.name.endsWith(name) && alarm.state === "ALARM"),
  );

it.each([
  ["bounce", "bounced", "mail-bounce-rate"],
  ["suppressionlist", "bounced", "mail-bounce-rate"],
  ["complaint", "complained", "mail-complaint-rate"],
])(
  "H6: an order by %s@ is confirmed and mailed, and its address gets no second mail",
  async (local, feedback, alarm) => {
    const first = await confirmedFor(at(local));
    await mailed(target, first, "is confirmed");

    expect(await feedbackOn(first.orderId)).toBe(feedback);
    // The line of an attempt is written behind its row.
    await expect
      .poll(() => timelineOf(first.orderId, "mail-feedback"))
      .toMatchObject([{ type: `mail.${feedback}`, outcome: feedback }]);
    await isOff(alarm);

    const second = await confirmedFor(at(local));
    await ignoredMail(second.orderId);

    expect(second.status).toBe("CONFIRMED");
    expect(await subjectsAbout(target, second)).toEqual([]);
    expect(await rowAbout(second.orderId)).toMatchObject({ state: "SKIPPED" });
  },
);

it.each(["success", "ooto"])("H6: mails to %s@ are delivered, one for each order", async (local) => {
  for (const order of [await confirmedFor(at(local)), await confirmedFor(at(local))]) {
    await mailed(target, order, "is confirmed");
    expect(await timelineOf(order.orderId, "mail-feedback")).toEqual([]);
  }
});

it("H6: an operator permits mails to an address again", async () => {
  const address = at("bounce+lifted");
  const unsuppress = (more: { readonly dryRun?: boolean } = {}) =>
    api.call("POST /mails/unsuppress", {
      body: { email: address, why: "the mailbox exists again", ...more },
    });
  await feedbackOn((await confirmedFor(address)).orderId);

  expect(await unsuppress({ dryRun: true })).toMatchObject({
    body: { outcome: "would lift", because: "bounced" },
  });
  expect(await unsuppress()).toMatchObject({ status: 200, body: { outcome: "lifted" } });
  expect(await unsuppress()).toMatchObject({ body: { outcome: "not suppressed" } });

  await mailed(target, await confirmedFor(address), "is confirmed");
});

it("J1: the addresses are in the order rows and the mails, and nowhere else; no message failed", async () => {
  const elsewhere = await Promise.all([rows(), rowsOf(target, "failedMessages"), target.logs()]);

  for (const each of elsewhere) expect(JSON.stringify(each)).not.toContain("@simulator");
  expect(elsewhere[1]).toEqual([]);
});
