import type { Page, Route } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { failedKey, put } from "../e2e/messages.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { confirm, openWindow } from "./browser.ts";

/** Longer than the console's refresh interval. */
const SLOW_MS = 2_600;

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 100);
await put(target, "order-created", "{");
const key = failedKey("order-created", "{");
await api.failed(key, "OPEN");

const API = "**/console/api/**";

/** Delays each response, and counts the requests that were sent while one to the same address was pending. */
async function slowDown(page: Page): Promise<{ readonly overlaps: readonly string[] }> {
  const pending = new Set<string>();
  const overlaps: string[] = [];
  // A response that is still delayed when the test ends finds its page closed.
  onTestFinished(() => page.unrouteAll({ behavior: "ignoreErrors" }));
  await page.route(API, async (route: Route) => {
    const url = route.request().url();
    if (pending.has(url)) overlaps.push(url);
    pending.add(url);
    const response = await route.fetch();
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    pending.delete(url);
    await route.fulfill({ response });
  });
  return { overlaps };
}

it("responses slower than the refresh interval are shown, and nothing is asked while an answer is pending", async () => {
  const page = await view.at(target.url, "#/");
  const slow = await slowDown(page);

  await page.reload();
  await page.getByRole("heading", { name: "1 failed message" }).waitFor();
  await page.getByRole("row", { name: /^order-created \d/ }).waitFor();
  await page.getByRole("link", { name: /^Failed/ }).click();
  await page.getByRole("link", { name: /MALFORMED_JSON in order-created/ }).waitFor();
  await page.goBack();
  await page.getByRole("row", { name: /^order-created \d/ }).waitFor();
  await page.getByText(/as of \d\d:\d\d:\d\dZ/).waitFor();

  expect(slow.overlaps).toEqual([]);
});

it("a server that hangs is reported with the time of its last answer, and its data dimmed until it answers", async () => {
  const page = await view.at(target.url, "#/");
  await page.getByText(/as of \d\d:\d\d:\d\dZ/).waitFor();

  const hung = Promise.withResolvers<void>();
  await page.route(API, async (route) => {
    await hung.promise;
    await route.continue();
  });
  await page.getByText(/no answer since \d\d:\d\d:\d\dZ/).waitFor();
  expect(await page.locator("html[data-late] main").count()).toBe(1);

  hung.resolve();
  await page.getByText(/as of \d\d:\d\d:\d\dZ/).waitFor();
  await page.locator("html:not([data-late])").waitFor();
});

it("an action without an answer can be closed, is announced as open, and is made when the server goes on", async () => {
  await put(target, "order-created", "[");
  const held = failedKey("order-created", "[");
  await api.failed(held, "OPEN");
  const page = await view.at(target.url, `#/failed/message/${held}`);
  const hung = Promise.withResolvers<void>();
  await page.getByRole("button", { name: "Discard …" }).click();
  await page.getByRole("dialog").getByLabel("Why", { exact: true }).waitFor();
  await page.route("**/discard", async (route) => {
    await hung.promise;
    await route.continue();
  });

  await confirm(page, "Discard", "garbage from a test");
  await page.getByRole("dialog").getByText("No answer yet. The change may still be made").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await page.getByText("Closed before the answer. The change may still be made.").waitFor();
  hung.resolve();

  await page.getByText("The message was discarded.").waitFor();
  await api.failed(held, "DISCARDED");
});

it("an action without a response says that its outcome is unknown, and can be repeated", async () => {
  const page = await view.at(target.url, `#/failed/message/${key}`);
  await page.getByRole("button", { name: "Discard …" }).click();
  await page.getByRole("dialog").getByLabel("Why", { exact: true }).waitFor();
  // The server makes the change, and its response is lost.
  await page.route("**/discard", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await confirm(page, "Discard", "garbage from a test");
  await page.getByRole("dialog").getByText("the outcome is unknown").waitFor();
  await page.unroute("**/discard");
  await page.getByRole("dialog").getByRole("button", { name: "Discard", exact: true }).click();

  await page.getByText(/had discarded the message at/).waitFor();
  const row = await api.failed(key, "DISCARDED");
  expect(row.history.filter(({ act }) => act === "discard")).toHaveLength(1);
});

it("an order whose response was lost is not placed twice when the form is sent again", async () => {
  const page = await view.at(target.url, "#/orders");
  const placed: string[] = [];
  await page.route("**/api/orders", async (route) => {
    const response = await route.fetch();
    placed.push((await response.json()).orderId);
    if (placed.length === 1) await route.abort();
    else await route.fulfill({ response });
  });

  await page.getByRole("button", { name: "Place", exact: true }).click();
  await page.getByText("the outcome is unknown").waitFor();
  await page.getByRole("button", { name: "Place", exact: true }).click();
  await page.getByText("1 order placed.").waitFor();

  expect(placed).toHaveLength(2);
  expect(new Set(placed).size).toBe(1);
});

it("cancelling an order asks first", async () => {
  const order = await api.decidedOrder("tea", 1);
  const page = await view.at(target.url, `#/orders/${order.orderId}`);

  await page.getByRole("button", { name: "Cancel order …" }).click();
  await page.getByRole("button", { name: "Keep order" }).click();
  expect((await api.order(order.orderId)).status).toBe("CONFIRMED");
  await page.getByRole("button", { name: "Cancel order …" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel order", exact: true }).click();
  await page.getByText("The order was cancelled.").waitFor();
});

async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

it("keys that are switched off do nothing", async () => {
  const page = await view.at(target.url, "#/");
  await page.keyboard.press("?");
  await page.getByLabel("Keys are on").uncheck();
  await closeDialog(page);

  await page.keyboard.press("?");
  expect(await page.getByRole("dialog").count()).toBe(0);
  await page.getByRole("button", { name: "Keys" }).click();
  await page.getByLabel("Keys are on").check();
  await closeDialog(page);
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
});
