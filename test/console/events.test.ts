import { expect, it } from "vitest";
import { EVENT_TYPES } from "../../functions/contract/order-status.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { violationsOf } from "./axe.ts";
import { openWindow } from "./browser.ts";

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 100);

it("the catalogue lists each type of event, with its publishers and consumers", async () => {
  const page = await view.at(target.url);

  await page.keyboard.press("g");
  await page.keyboard.press("e");
  const list = page.getByRole("list", { name: "Types of events" });
  await list.waitFor();
  const texts = await list.getByRole("link").allTextContents();
  await list
    .getByText("publish-events, publish-to-kafka (off), publish-to-rabbitmq (off) →")
    .first()
    .waitFor();
  await list.getByRole("link", { name: "order.created" }).click();
  await page.getByRole("heading", { name: "order.created" }).waitFor();

  expect(await violationsOf(page)).toEqual([]);
  expect(texts.map((text) => EVENT_TYPES.find((type) => text.startsWith(type)))).toEqual(EVENT_TYPES);
  expect(await page.getByRole("region", { name: "Published by" }).textContent()).toContain("publish-events");
  const consumed = await page.getByRole("region", { name: "Consumed by" }).textContent();
  expect(consumed).toContain("SQS queue order-created");
  expect(consumed).toContain("order-events-kafka (off)");
  expect(consumed).toContain("order-events-rabbitmq-order-queue (off)");
  expect(consumed).not.toContain("order-created (off)");
});

it("an event is checked before it is sent, and sent to the topic", async () => {
  const page = await view.at(target.url, "#/events/order.created");
  const editor = page.getByLabel("Event", { exact: true });
  const send = page.getByRole("button", { name: "Send" });
  const example = await editor.inputValue();
  const { id } = JSON.parse(example);

  await editor.fill(example.replace(/"subject": "\w+"/, '"subject": "x"'));
  await page.getByText("/subject must be 26 digits or capital letters").waitFor();
  expect(await send.isDisabled()).toBe(true);
  await editor.fill(example);
  await page.getByText("Valid.").waitFor();
  await send.click();
  await page.getByText("Sent to order-created.").waitFor();

  expect(await api.failed(`order-created~${id}`, "OPEN")).toMatchObject({
    reason: "UNKNOWN_ORDER",
  });
});

it("a command that sends the event is copied", async () => {
  const page = await view.at(target.url, "#/events/order.created", {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const copied = async (name: string) => {
    await page.getByRole("button", { name }).click();
    await page.getByRole("status").getByText("The command was copied.").waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };

  const curl = await copied("Copy as curl");
  const aws = await copied("Copy as aws sns publish");

  expect(curl).toContain(`${target.url}/_emulator/events`);
  expect(aws).toMatch(
    /^aws sns publish --region \S+ --endpoint-url '\S+' --no-sign-request --topic-arn 'arn:aws:sns:/,
  );
});

it("an event of an order is replayed to one consumer, with a reason", async () => {
  const { orderId } = await api.decidedOrder("tea", 1);
  const page = await view.at(target.url, `#/orders/${orderId}`);

  await page.getByRole("button", { name: "Replay an event" }).click();
  const dialog = page.getByRole("dialog", { name: "Replay an event" });
  await dialog.getByLabel("Event and consumer").selectOption({ label: "order.created to order-created" });
  await dialog.getByLabel("Why", { exact: true }).fill("to see");
  await dialog.getByRole("button", { name: "Replay", exact: true }).click();

  await page.getByRole("status").getByText(`${orderId}:1:order.created was sent to order-created.`).waitFor();
  await page.getByText("replay").first().waitFor();
  expect(view.faults).toEqual([]);
});
