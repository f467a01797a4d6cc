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
  await page.getByRole("row", { name: /^order-created failed messages \d/ }).waitFor();
  await page.getByRole("link", { name: /^Failed/ }).click();
  await page.getByRole("link", { name: /MALFORMED_JSON in order-created/ }).waitFor();
  await page.goBack();
  await page.getByRole("row", { name: /^order-created failed messages \d/ }).waitFor();
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

it.each([
  ["a page of a proxy", { status: 200, contentType: "text/html", body: "<h1>Sign in</h1>" }],
  ["half a response", { status: 200, contentType: "application/json", body: '{"groups":[{"reason":' }],
])(
  "%s is reported and never shown as data, which stays, dimmed, until the server answers",
  async (_, other) => {
    const { length } = view.faults;
    const page = await view.at(target.url, "#/");
    await page.getByText(/as of \d\d:\d\d:\d\dZ/).waitFor();
    await page.getByRole("row", { name: /^order-created failed messages \d/ }).waitFor();

    await page.route(API, (route) => route.fulfill(other));
    await page.getByRole("alert").getByText("The response is not from the console's server").waitFor();
    await page.getByText(/no answer since \d\d:\d\d:\d\dZ/).waitFor();
    expect(await page.getByRole("alert").count()).toBe(1);
    expect(await page.getByRole("row", { name: /^order-created failed messages \d/ }).count()).toBe(1);

    await page.unroute(API);
    await page.getByText(/as of \d\d:\d\d:\d\dZ/).waitFor();
    await page.getByRole("alert").waitFor({ state: "detached" });
    expect(view.faults.slice(length)).toEqual([]);
  },
);

it("a view that fails on its data shows its error in place of old data, and is tried again", async () => {
  const page = await view.at(target.url, "#/");
  await page.getByRole("row", { name: /^order-created failed messages \d/ }).waitFor();

  await page.route("**/api/queues", (route) => route.fulfill({ json: {} }));
  await page.getByRole("alert").getByText("The page failed").waitFor();
  expect(await page.getByRole("row", { name: /^order-created failed messages \d/ }).count()).toBe(0);

  await page.unroute("**/api/queues");
  await page.getByRole("row", { name: /^order-created failed messages \d/ }).waitFor();
  await page.getByRole("alert").waitFor({ state: "detached" });
});

it("the data is as of the request, however long the answer takes", async () => {
  const page = await view.at(target.url, "#/faults");
  await page.getByText(/as of \d\d:\d\d:\d\dZ/).waitFor();
  const { promise: asked, resolve } = Promise.withResolvers<number>();
  await page.route(API, async (route) => {
    if (route.request().url().endsWith("/faults")) resolve(Date.now());
    await new Promise((answered) => setTimeout(answered, SLOW_MS));
    await route.continue().catch(() => {});
  });
  const at = await asked;
  await page.waitForResponse((response) => response.url().endsWith("/faults"));

  const shown = await page.locator(".as-of").textContent();
  expect(shown).toMatch(/^as of /);
  expect(
    Date.parse(`${new Date(at).toISOString().slice(0, 10)}T${shown?.slice("as of ".length)}`),
  ).toBeLessThanOrEqual(at);
});

it("a dry run without an answer changes nothing, and can be repeated in its dialog", async () => {
  await put(target, "order-created", "[[");
  const held = failedKey("order-created", "[[");
  await api.failed(held, "OPEN");
  const page = await view.at(target.url, `#/failed/message/${held}`);
  const hung = Promise.withResolvers<void>();
  await page.route("**/discard", async (route) => {
    await hung.promise;
    await route.abort();
  });

  await page.getByRole("button", { name: "Discard …" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("No answer yet. A dry run changes nothing.").waitFor();
  hung.resolve();
  await dialog.getByRole("alert").getByText("The console's server does not respond").waitFor();
  await dialog.getByText("Nothing was changed.").waitFor();
  await page.unroute("**/discard");
  await dialog.getByRole("button", { name: "Dry run again" }).click();
  await confirm(page, "Discard", "garbage from a test");

  await page.getByText("The message was discarded.").waitFor();
  await api.failed(held, "DISCARDED");
});

it("a body that could not be read is read again", async () => {
  const bodies = "**/failed-message-bodies/**";
  let reads = 0;
  const page = await view.at(target.url, "#/");
  await page.route(bodies, (route) => {
    reads += 1;
    return reads === 1 ? route.abort() : route.continue();
  });

  await page.goto(`${target.url}/_emulator/console/#/failed/message/${key}`);

  await page.getByLabel("Body of the message").getByText("{").waitFor();
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
  // A closed dialog loses its role before the page has removed it.
  await page.locator("dialog").waitFor({ state: "detached" });
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
