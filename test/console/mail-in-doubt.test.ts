import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { mailed, subjectsAbout } from "../e2e/mails.ts";
import { drained, eventAbout, failedKey, put } from "../e2e/messages.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { confirm, openWindow } from "./browser.ts";

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 100);

/** A mail whose sender stopped an hour ago between the attempt and its mark. */
async function mailInDoubt(): Promise<{ key: string; orderId: string }> {
  const order = await api.decidedOrder("tea", 1);
  const event = eventAbout(order, "order.confirmed");
  await mailed(target, order, "is confirmed");
  await drained(target, "notify-customer");
  await target.dynamoDb.send(
    new PutItemCommand({
      TableName: target.tableName("notifications"),
      Item: {
        eventId: { S: event.id },
        state: { S: "SENDING" },
        claimId: { S: "of a stopped instance" },
        claimedAt: { S: new Date(Date.now() - 3_600_000).toISOString() },
      },
    }),
  );
  const key = failedKey("notify-customer", event);
  await put(target, "notify-customer", event);
  await api.failed(key, "OPEN");
  return { key, orderId: order.orderId };
}

it("a group of mails of unknown outcome is decided by two acts, neither of them the primary one", async () => {
  const mails = [await mailInDoubt(), await mailInDoubt()];
  const page = await view.at(target.url, "#/failed/messages?reason=OUTCOME_UNKNOWN");
  const bulk = page.getByRole("region", { name: "Acts on many" });
  await bulk.getByRole("button", { name: "Mails were sent: resolve all …" }).waitFor();
  expect(await bulk.getByRole("button", { name: "Redrive" }).count()).toBe(0);
  expect(await bulk.locator("button.strong").count()).toBe(0);

  const dialog = page.getByRole("dialog");
  await page.setViewportSize({ width: 390, height: 500 });
  await bulk.getByRole("button", { name: "Discard all …" }).click();
  const reasons = dialog.getByRole("listitem").getByRole("listitem");
  await reasons.first().waitFor();
  const texts = await reasons.allTextContents();
  expect(texts.sort()).toEqual(
    mails
      .map(
        ({ orderId }) => `The mail about order.confirmed of order ${orderId} may or may not have been sent.`,
      )
      .sort(),
  );
  const act = await dialog.getByRole("button", { name: "Discard", exact: true }).boundingBox();
  expect((act?.y ?? 500) + (act?.height ?? 0)).toBeLessThanOrEqual(500);
  await page.keyboard.press("Escape");

  await bulk.getByRole("button", { name: "Mails were not sent: send all …" }).click();
  await dialog.getByText("to send", { exact: true }).waitFor();
  await dialog.getByText("A mail that was sent after all is sent twice.").waitFor();
  await confirm(page, "Send mails", "the provider's log has none of them");

  await page.getByText("decided as not-sent").waitFor();
  for (const { key, orderId } of mails) {
    await api.failed(key, "RESOLVED");
    expect(await subjectsAbout(target, { orderId })).toHaveLength(2);
  }
  expect(view.faults).toEqual([]);
});

it("a mail of unknown outcome is sent after an operator states that it was not sent", async () => {
  const { key, orderId } = await mailInDoubt();
  const page = await view.at(target.url, `#/failed/message/${key}`);
  await page.getByText("OUTCOME_UNKNOWN.").waitFor();

  await page.getByRole("button", { name: "Mail was not sent: send …" }).click();
  await page.getByRole("dialog").getByText("The message would be sent to its queue.").waitFor();
  await confirm(page, "Send mail", "the provider's log has no such mail");

  await page.getByRole("heading", { name: "resolved" }).waitFor();
  expect(await subjectsAbout(target, { orderId })).toHaveLength(2);
  expect(view.faults).toEqual([]);
});

it("a mail of unknown outcome is resolved without sending after an operator states that it was sent", async () => {
  const { key, orderId } = await mailInDoubt();
  const page = await view.at(target.url, `#/failed/message/${key}`);

  await page.getByRole("button", { name: "Mail was sent: resolve …" }).click();
  await page.getByRole("dialog").getByText("The message would be resolved without being sent").waitFor();
  await confirm(page, "Resolve", "the customer has it");

  await page.getByRole("heading", { name: "resolved" }).waitFor();
  expect(await subjectsAbout(target, { orderId })).toHaveLength(1);
  expect(view.faults).toEqual([]);
});
