import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { line } from "../e2e/client.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { violationsOf } from "./axe.ts";
import { openWindow } from "./browser.ts";
import { faintTexts, namelessControls } from "./inspect.ts";

const CUSTOMER = "a-customer-with-a-long-name";

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 100);
const confirmed = await api.decidedOrder("tea", 2, { customerId: CUSTOMER });
const rejected = await api.decidedOrder("tea", 500, { customerId: CUSTOMER });
const { body: inYen } = await api.call("POST /orders", {
  headers: { "Idempotency-Key": "in-yen" },
  body: {
    customerId: "grace",
    contact: { email: "grace@example.com" },
    currency: "JPY",
    lines: [{ ...line("tea"), unitPrice: 900 }],
  },
});
await api.become(inYen.orderId);

const formOf = (page: Page) => page.getByRole("search", { name: "Orders by customer, status and time" });
const search = (page: Page) => formOf(page).getByRole("button", { name: "Search" });
const linkTo = (page: Page, orderId: string) => page.getByRole("link", { name: orderId, exact: true });
const listed = (page: Page) => page.locator("table.found tbody th").allTextContents();

it("orders are found by customer, status and time, by keyboard, and Back returns to the search before", async () => {
  const page = await view.at(target.url, "#/orders");
  const form = formOf(page);

  await form.getByLabel("Customer").fill(CUSTOMER);
  await page.keyboard.press("Enter");
  await page.getByText("This page: found 2 by reading the table", { exact: false }).waitFor();
  expect((await listed(page)).toSorted()).toEqual([confirmed.orderId, rejected.orderId].toSorted());
  await form.getByLabel("Status").selectOption("CONFIRMED");
  await form.getByLabel("Placed from (UTC)").fill(confirmed.createdAt.slice(0, 19));
  await search(page).press("Enter");
  await linkTo(page, rejected.orderId).waitFor({ state: "detached" });
  expect(await page.getByRole("row", { name: confirmed.orderId }).textContent()).toContain(
    `${CUSTOMER}confirmed€`,
  );
  const address = page.url();

  await form.getByLabel("Placed to (UTC)").fill("2020-01-01T00:00:00");
  await form.getByLabel("Placed from (UTC)").fill("");
  await search(page).click();
  await page.getByText("No orders found.").waitFor();
  await page.goBack();
  await linkTo(page, confirmed.orderId).waitFor();
  expect(page.url()).toBe(address);
  expect(await form.getByLabel("Placed to (UTC)").inputValue()).toBe("");
  await page.goBack();
  await linkTo(page, rejected.orderId).waitFor();
  expect(await form.getByLabel("Status").inputValue()).toBe("");
  expect(await form.getByLabel("Customer").inputValue()).toBe(CUSTOMER);

  await page.locator("main").focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Timeline" }).waitFor();
  expect(view.faults).toEqual([]);
});

it("a search goes on page by page, and states that it is not complete", async () => {
  const page = await view.at(target.url, "#/orders?limit=1");
  const seen: string[] = [];

  for (let pages = 1; pages < 3; pages++) {
    await page.getByText("The search is not complete; there may be more.").waitFor();
    seen.push(...(await listed(page)));
    const before = page.url();
    await page.getByRole("link", { name: "Next page" }).click();
    await page.waitForURL((url) => url.href !== before);
    await linkTo(page, seen.at(-1) ?? "").waitFor({ state: "detached" });
    await page.locator("table.found").waitFor();
  }
  seen.push(...(await listed(page)));

  expect(await page.getByRole("link", { name: "Next page" }).count()).toBe(0);
  expect(seen.toSorted()).toEqual([confirmed.orderId, rejected.orderId, inYen.orderId].toSorted());
  await page.goBack();
  await linkTo(page, seen[1] ?? "").waitFor();
  await page.getByRole("link", { name: "First page" }).click();
  await linkTo(page, seen[0] ?? "").waitFor();
});

it("amounts are in the decimals of their currency, and an address that the API refuses shows its error", async () => {
  const page = await view.at(target.url, "#/orders?customerId=grace&limit=50");
  expect(await page.getByRole("row", { name: inYen.orderId }).textContent()).toContain("¥900");

  await page.goto(`${target.url}/_emulator/console/#/orders?status=LOST`);
  await page.getByRole("alert").getByText("The parameter status must be one of").waitFor();
  await page.goto(`${target.url}/_emulator/console/#/orders?limit=50&cursor=none`);
  await page.getByRole("alert").getByText("The cursor belongs to another search").waitFor();
  await formOf(page).getByLabel("Placed from (UTC)").fill("2026-01-02T00:00:00");
  await formOf(page).getByLabel("Placed to (UTC)").fill("2026-01-01T00:00:00");
  await search(page).click();
  await page.getByRole("alert").getByText("The parameter from must not be later than to.").waitFor();
});

it("a slow search is shown as one, and then its orders", async () => {
  const page = await view.at(target.url, "#/orders");
  const answered = Promise.withResolvers<void>();
  await page.route("**/console/api/orders?*", async (route) => {
    await answered.promise;
    await route.continue();
  });

  await search(page).click();
  await page.getByText("Loading the orders …").waitFor();
  answered.resolve();

  await linkTo(page, confirmed.orderId).waitFor();
  expect(view.faults).toEqual([]);
});

it.each(["light", "dark"] as const)(
  "the results fit 320 pixels and pass axe in %s colours",
  async (colorScheme) => {
    const page = await view.at(target.url, "#/orders?limit=2", {
      colorScheme,
      viewport: { width: 320, height: 800 },
    });
    await page.getByRole("link", { name: "Next page" }).waitFor();

    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

    expect(beyond).toBe(0);
    expect(await page.evaluate(namelessControls)).toEqual([]);
    expect(await page.evaluate(faintTexts, 4.5)).toEqual([]);
    expect(await violationsOf(page)).toEqual([]);
  },
);
