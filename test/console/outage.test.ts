import { expect, it } from "vitest";
import type { OrderView } from "../../functions/contract/schemas.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { confirm, openWindow } from "./browser.ts";

/** Twenty attempts with back-off: at most four rounds of half a minute. */
const PARKED_MS = 150_000;

const view = openWindow();
const { target, api } = await openOwnEmulator({ dlqRetryDelaysSeconds: "0,0,0" });
await api.stockUp("tea", 100);

it("an outage becomes one group of failed messages, which is redriven after the outage until queues are empty", {
  timeout: PARKED_MS + 150_000,
}, async () => {
  const page = await view.at(target.url, "#/faults");

  await page.getByLabel("Target").selectOption({ label: "table:order-events-local-stock" });
  await page.getByLabel("Duration").selectOption({ label: "until mended" });
  await page.getByRole("button", { name: "Break", exact: true }).click();
  await page.getByText("every call fails, until mended").waitFor();

  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.getByRole("heading", { name: "Place an order" }).waitFor();
  await page.getByLabel("Number of orders").fill("3");
  await page.getByRole("button", { name: "Place", exact: true }).click();
  await page.getByText("3 orders placed.").waitFor();
  const placed = page.getByRole("link", { name: /^[0-9A-Z]{26}$/ });
  await placed.nth(2).waitFor();
  const orderIds = await placed.allTextContents();
  expect(orderIds).toHaveLength(3);

  await page.getByRole("link", { name: "Overview" }).click();
  await page
    .getByRole("heading", { name: "3 failed messages with the same cause" })
    .waitFor({ timeout: PARKED_MS });
  const alarm = page.getByRole("listitem").filter({ hasText: "dead lettered" });
  await alarm.getByText("Runbook").click();
  await alarm.getByText("messages are retried three times, with growing delays").waitFor();
  await page.getByRole("heading").getByRole("link", { name: "3 failed messages" }).click();
  await page.getByRole("heading", { name: "RETRIES_EXHAUSTED in order-created" }).waitFor();

  await page.getByRole("link", { name: /^Faults/ }).click();
  await page.getByRole("button", { name: "Mend table:order-events-local-stock" }).click();
  await page.getByText("No active faults.").waitFor();

  await page.getByRole("link", { name: /^Failed/ }).click();
  await page.getByRole("link", { name: /3 RETRIES_EXHAUSTED in order-created/ }).click();
  await page.getByRole("button", { name: "Redrive all …" }).click();
  await page.getByText("3 messages:").waitFor();
  await page.getByRole("listitem").filter({ hasText: "3 to send" }).waitFor();
  await confirm(page, "Redrive", "the stock table answers again");
  await page.getByText("3 messages of 3 processed: 3 sent").waitFor({ timeout: 60_000 });
  await page.getByRole("heading", { name: "Redrive done" }).waitFor();

  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByText(/^No failed messages; /).waitFor();
  const orders: OrderView[] = [];
  for (const orderId of orderIds) orders.push(await api.become(orderId));
  expect(orders.map(({ status }) => status)).toEqual(["CONFIRMED", "CONFIRMED", "CONFIRMED"]);
  await page.getByText("all queues are empty").waitFor();
  expect(view.faults).toEqual([]);
});
