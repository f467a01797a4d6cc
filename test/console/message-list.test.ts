import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { dynamoDbFailedMessageStore } from "../../functions/adapters/dynamodb-failed-message-store.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { created, order } from "../fixtures/events.ts";
import { failedRow } from "../fixtures/failed-rows.ts";
import { openWindow } from "./browser.ts";
import { namelessControls } from "./inspect.ts";

const MESSAGES = 250;

const view = openWindow();
const { target } = await openOwnEmulator();
const store = dynamoDbFailedMessageStore(target.dynamoDb, target.tableName("failedMessages"));
const rows = Array.from({ length: MESSAGES }, (_, i) => {
  const event = created(order(`listed ${i}`));
  const at = new Date(Date.parse("2026-01-01T12:00:00.000Z") + i * 60_000).toISOString();
  return failedRow({
    failedKey: `order-created~${event.id}`,
    body: JSON.stringify({ ...event, data: { ...event.data, customerId: `customer-of-${i}` } }),
    ...{ eventId: event.id, orderId: event.subject, dueAt: at, firstAt: at, lastAt: at },
  });
});
for (let i = 0; i < MESSAGES; i += 25)
  await Promise.all(rows.slice(i, i + 25).map((row) => store.put(row, undefined)));
await target.invoke("maintenance");

const list = (page: Page) => page.getByRole("list", { name: "Messages" }).getByRole("link");
const keysIn = async (page: Page) => {
  const links = await list(page).evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
  return links.map((href) => decodeURIComponent(href.replace("#/failed/message/", "")));
};
const newest = rows.map(({ failedKey }) => failedKey).reverse();

it("every message is reachable page by page, the newest first, and Back returns to the row that was left", async () => {
  const page = await view.at(target.url, "#/failed/messages");
  await page.getByText(new RegExp(`${MESSAGES} open messages, counted at .*\\dZ\\.`)).waitFor();
  const seen = [await keysIn(page)];
  for (let pages = 2; pages <= 3; pages++) {
    await page.getByRole("link", { name: "Older messages" }).click();
    await page.locator(`a[href$="${newest[(pages - 1) * 100]}"]`).waitFor();
    seen.push(await keysIn(page));
  }
  expect(seen.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(seen.flat()).toEqual(newest);
  expect(await page.getByRole("link", { name: "Older messages" }).count()).toBe(0);

  await page.goBack();
  const left = page.locator(`a[href$="${newest[180]}"]`);
  await left.click();
  await page.getByRole("heading", { name: "order.created" }).waitFor();
  await page.goBack();
  await left.waitFor();

  expect(await keysIn(page)).toEqual(newest.slice(100, 200));
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute("href")))
    .toContain(newest[180]);
  const box = await left.boundingBox();
  expect(box?.y).toBeGreaterThan(0);
  expect(box?.y).toBeLessThan(860);

  // The address is the whole place: another browser opens the same.
  const other = await view.open(page.url());
  await list(other).first().waitFor();
  expect(await keysIn(other)).toEqual(newest.slice(100, 200));
  expect(view.faults).toEqual([]);
});

it("a search by customer or order finds its message beyond the first page, and is kept in the address", async () => {
  const page = await view.at(target.url, "#/failed/messages");
  await list(page).first().waitFor();
  const field = page.getByRole("searchbox", { name: "Search" });

  await page.keyboard.press("/");
  await page.keyboard.type("customer-of-7");
  await page.keyboard.press("Enter");
  await page.locator(`a[href$="${rows[7]?.failedKey}"]`).waitFor();
  // Also customer-of-70 to customer-of-79.
  expect(await keysIn(page)).toHaveLength(11);
  expect(page.url()).toContain("search=customer-of-7");
  expect(await page.getByRole("button", { name: /^Redrive all/ }).isDisabled()).toBe(true);
  expect(await page.evaluate(namelessControls)).toEqual([]);

  await field.fill(rows[3]?.orderId ?? "");
  await field.press("Enter");
  await page.locator(`a[href$="${rows[3]?.failedKey}"]`).waitFor();
  await expect.poll(() => keysIn(page)).toEqual([rows[3]?.failedKey]);
  await page.goBack();
  await expect.poll(() => field.inputValue()).toBe("customer-of-7");
  await expect.poll(async () => (await keysIn(page)).length).toBe(11);

  await field.fill("nothing has this text");
  await field.press("Enter");
  await page.getByText("No message matches the filter.").waitFor();
  expect(view.faults).toEqual([]);
});

it("the oldest come first where the order is chosen", async () => {
  const page = await view.at(target.url, "#/failed/messages");
  await list(page).first().waitFor();

  await page.getByRole("combobox", { name: /^Order/ }).selectOption("oldest");
  await page.locator(`a[href$="${rows[0]?.failedKey}"]`).waitFor();

  expect(await keysIn(page)).toEqual(newest.toReversed().slice(0, 100));
  await page.getByRole("link", { name: "Newer messages" }).waitFor();
});

it("groups of too many messages are read again at a fifth refresh, not before", async () => {
  const page = await view.at(target.url, "#/events");
  const reads: number[] = [];
  await page.route("**/api/failed-messages/groups", async (route) => {
    reads.push(Date.now());
    await route.fulfill({ json: { groups: [], isComplete: false } });
  });
  await page.goto(`${target.url}/_emulator/console/#/failed`);
  await page.reload();

  await expect.poll(() => reads.length).toBeGreaterThan(1);

  const [first = 0, second = 0] = reads;
  // A refresh is 2 seconds.
  expect(second - first).toBeGreaterThan(8_000);
});
