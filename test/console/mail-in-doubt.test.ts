import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { mailed, subjectsAbout } from "../e2e/mails.ts";
import { drained, eventAbout, failedKey, put } from "../e2e/messages.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { confirm, openWindow } from "./browser.ts";

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 100);

/** A mail whose sender died between the attempt and its mark, an hour ago. Gives the key of the message. */
async function mailInDoubt(): Promise<{ key: string; orderId: string }> {
  const order = await api.settled("tea", 1);
  const event = eventAbout(order, "order.confirmed");
  await mailed(target, order, "is confirmed");
  await drained(target, "notify-customer");
  await target.dynamoDb.send(
    new PutItemCommand({
      TableName: target.tableName("notifications"),
      Item: {
        eventId: { S: event.id },
        state: { S: "SENDING" },
        claimId: { S: "of an instance that is gone" },
        claimedAt: { S: new Date(Date.now() - 3_600_000).toISOString() },
      },
    }),
  );
  const key = failedKey("notify-customer", event);
  await put(target, "notify-customer", event);
  await api.failed(key, "OPEN");
  return { key, orderId: order.orderId };
}

it("a mail in doubt is sent once somebody found out that it was not", async () => {
  const { key, orderId } = await mailInDoubt();
  const page = await view.at(target.url, `#/failed/message/${key}`);
  await page.getByText("OUTCOME_UNKNOWN.").waitFor();

  await page.getByRole("button", { name: "It was not sent: send it …" }).click();
  await page.getByRole("dialog").getByText("It would be sent to its queue again.").waitFor();
  await confirm(page, "Send the mail", "the provider's log has no such mail");

  await page.getByRole("heading", { name: "resolved" }).waitFor();
  expect(await subjectsAbout(target, { orderId })).toHaveLength(2);
  expect(view.faults).toEqual([]);
});

it("a mail in doubt is resolved once somebody found that it was sent, and is not sent again", async () => {
  const { key, orderId } = await mailInDoubt();
  const page = await view.at(target.url, `#/failed/message/${key}`);

  await page.getByRole("button", { name: "It was sent: resolve it …" }).click();
  await page.getByRole("dialog").getByText("It would be resolved without being sent").waitFor();
  await confirm(page, "Resolve it", "the customer has it");

  await page.getByRole("heading", { name: "resolved" }).waitFor();
  expect(await subjectsAbout(target, { orderId })).toHaveLength(1);
  expect(view.faults).toEqual([]);
});
