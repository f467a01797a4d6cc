import { expect, it } from "vitest";
import type { OrderView } from "../../functions/contract/schemas.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { confirm, openWindow } from "./browser.ts";

/** Twenty attempts with back-off: four rounds of half a minute at most. */
const PARKED_MS = 150_000;

const view = openWindow();
const { target, api } = await openOwnEmulator({ dlqRetryDelaysSeconds: "0,0,0" });
await api.stockUp("tea", 100);

it("an outage is broken, seen as one group, mended, redriven, and watched until it is drained", {
  timeout: PARKED_MS + 150_000,
}, async () => {
  const page = await view.at(target.url, "#/faults");

  await page.getByLabel("What").selectOption({ label: "table:order-events-local-stock" });
  await page.getByLabel("How long").selectOption({ label: "until it is mended" });
  await page.getByRole("button", { name: "Break it" }).click();
  await page.getByText("every call fails, until it is mended").waitFor();

  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.getByRole("heading", { name: "Place an order" }).waitFor();
  await page.getByLabel("How many orders").fill("3");
  await page.getByRole("button", { name: "Place it" }).click();
  await page.getByText("3 orders placed.").waitFor();
  const orderIds = await page.getByRole("link", { name: /^[0-9A-Z]{26}$/ }).allTextContents();
  expect(orderIds).toHaveLength(3);

  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("heading", { name: "3 messages wait for a person" }).waitFor({ timeout: PARKED_MS });
  const alarm = page.getByRole("listitem").filter({ hasText: "dead lettered" });
  await alarm.getByText("What to do").click();
  await alarm.getByText("messages are retried three times, with growing delays").waitFor();
  await page.getByRole("link", { name: "3 messages" }).click();
  await page.getByRole("heading", { name: "RETRIES_EXHAUSTED in order-created" }).waitFor();

  await page.getByRole("link", { name: /^Faults/ }).click();
  await page.getByRole("button", { name: "Mend table:order-events-local-stock" }).click();
  await page.getByText("Nothing is broken.").waitFor();

  await page.getByRole("link", { name: /^Failed/ }).click();
  await page.getByRole("link", { name: /3 RETRIES_EXHAUSTED in order-created/ }).click();
  await page.getByRole("button", { name: "Redrive all of these …" }).click();
  await page.getByText("Of 3 messages this would").waitFor();
  await page.getByRole("listitem").filter({ hasText: "3 send again" }).waitFor();
  await confirm(page, "Redrive them", "the stock table answers again");
  await page.getByText("3 messages of 3 dealt with: 3 sent").waitFor({ timeout: 60_000 });
  await page.getByRole("heading", { name: "Redrive done" }).waitFor();

  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("heading", { name: "Nothing waits for a person." }).waitFor();
  const orders: OrderView[] = [];
  for (const orderId of orderIds) orders.push(await api.become(orderId));
  expect(orders.map(({ status }) => status)).toEqual(["CONFIRMED", "CONFIRMED", "CONFIRMED"]);
  await page.getByText("All queues are empty").waitFor();
  expect(view.faults).toEqual([]);
});
