import { expect, it } from "vitest";
import { mailed } from "../e2e/mails.ts";
import { failedKey, put } from "../e2e/messages.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { violationsOf } from "./axe.ts";
import { openWindow } from "./browser.ts";

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 50);

it("the live page shows new entries, selects by the address, and links to orders and failed messages", async () => {
  const page = await view.at(target.url, "#/live");
  const rows = page.getByRole("list", { name: "Entries, the latest first" }).getByRole("listitem");

  const { orderId } = await api.decidedOrder("tea", 1);
  const accepted = rows.filter({ hasText: orderId }).filter({ hasText: "accepted" });
  await accepted.waitFor();
  await mailed(target, { orderId }, "is confirmed");
  await rows.filter({ hasText: orderId }).filter({ hasText: "mailed" }).waitFor();
  expect(await accepted.locator("time").textContent()).toMatch(/^\d\d:\d\d:\d\d\.\d{3}Z$/);
  await put(target, "order-created", "{");
  await api.failed(failedKey("order-created", "{"), "OPEN");
  await page.getByLabel("Outcome").selectOption("park");
  const malformed = rows.filter({ hasText: "MALFORMED_JSON" });
  expect(await malformed.getByRole("link", { name: "failed message" }).getAttribute("href")).toBe(
    "#/failed/messages?status=OPEN&consumer=order-created&reason=MALFORMED_JSON",
  );
  expect(new URL(page.url()).hash).toBe("#/live?outcome=park");
  expect(await rows.filter({ hasText: orderId }).count()).toBe(0);

  await page.getByLabel("Outcome").selectOption("");
  await page.getByLabel("Order id").fill(orderId);
  await page.keyboard.press("Enter");
  await accepted.getByRole("link", { name: orderId }).click();
  await page.getByRole("heading", { name: orderId }).waitFor();
  expect(view.faults).toEqual([]);
});

it("the body of an event is read once, by a click", async () => {
  const { orderId } = await api.decidedOrder("tea", 1);
  const page = await view.at(target.url, "#/live?outcome=accepted");
  const row = page.getByRole("listitem").filter({ hasText: orderId });
  await row.waitFor();
  const reads: string[] = [];
  page.on(
    "request",
    (request) => void (request.url().includes("/order-events/") && reads.push(request.url())),
  );

  expect(await row.locator("pre").count()).toBe(0);
  await row.getByText("Body", { exact: true }).click();
  await row.getByText('"customerId"').waitFor();
  // Later answers leave it open.
  await page.waitForResponse((response) => response.url().includes("/api/live"));
  await page.waitForResponse((response) => response.url().includes("/api/live"));

  expect(JSON.parse(String(await row.locator("pre").textContent()))).toMatchObject({
    id: `${orderId}:1:order.created`,
    data: { lines: [{ sku: "tea", quantity: 1 }] },
  });
  expect(reads).toHaveLength(1);
  expect(await violationsOf(page)).toEqual([]);
  expect(view.faults).toEqual([]);
});

it("a failed attempt shows its stack in TypeScript, and leads to the log of its invocation", async () => {
  const page = await view.at(target.url, "#/live?consumer=order-created&outcome=retry");
  await target.emulator.break("table:order-events-local-stock", 1);
  await api.place({ lines: [{ sku: "tea", quantity: 1, unitPrice: 450 }] });
  const row = page.getByRole("listitem").filter({ hasText: "retry in" }).first();
  await row.waitFor();
  await target.emulator.mend();

  await row.getByText("Stack", { exact: true }).click();
  expect(await row.locator("pre").textContent()).toMatch(/functions\/[\w/-]+\.ts:\d+/);
  await row.getByRole("link", { name: "log" }).click();
  await page.getByRole("heading", { name: "Log of order-created" }).waitFor();
  const lines = page.getByRole("list", { name: "Log lines" });
  expect(await lines.textContent()).toMatch(/"outcome":"retry".*functions\/[\w/-]+\.ts:\d+/s);
  expect(await violationsOf(page)).toEqual([]);
});

it("a failed message leads to the log of its last attempt", async () => {
  const sent = await fetch(`${target.url}/_emulator/messages`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  const messages = (await sent.json()) as readonly { readonly failedKey: string }[];
  const key = messages[1]?.failedKey ?? "";
  await api.failed(key, "OPEN");
  const page = await view.at(target.url, `#/failed/message/${key}`);

  const attempt = page.getByRole("region", { name: "Last attempt" });
  await attempt.getByText("UNKNOWN_ORDER").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await attempt.getByRole("link", { name: "log" }).click();

  await page.getByRole("list", { name: "Log lines" }).getByText(key.replace("order-created~", "")).waitFor();
});

it("a held page keeps its entries and counts the newer ones, until it continues", async () => {
  const page = await view.at(target.url, "#/live?consumer=place-order");
  const rows = page.getByRole("list", { name: "Entries, the latest first" }).getByRole("listitem");
  await rows.first().waitFor();
  const before = await rows.count();

  await page.getByRole("button", { name: "Hold" }).click();
  const { orderId } = await api.decidedOrder("tea", 1);
  await page.getByText("Held. 1 newer entry.").waitFor();
  const during = await rows.count();
  await page.getByRole("button", { name: "Continue" }).click();
  await rows.filter({ hasText: orderId }).waitFor();

  expect([during, await rows.count()]).toEqual([before, before + 1]);
});

it("a hidden page reads nothing, and reads at once when it is shown", async () => {
  const page = await view.at(target.url, "#/live");
  await page.clock.install();
  const reads: string[] = [];
  page.on("request", (request) => void reads.push(request.url()));
  const live = () => page.waitForResponse((response) => response.url().includes("/api/live"));
  const minutePasses = () => page.clock.fastForward(60_000);
  const hide = (isHidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
  await Promise.all([live(), hide(false)]);
  await Promise.all([live(), minutePasses()]);

  await hide(true);
  await minutePasses();
  reads.length = 0;
  await minutePasses();
  const whileHidden = reads.filter((url) => url.includes("/api/"));
  await Promise.all([live(), hide(false)]);

  expect(whileHidden).toEqual([]);
});

it.each([1280, 320])("the live page fits %i pixels and has no violation of WCAG 2.2 AA", async (width) => {
  const page = await view.at(target.url, "#/live", { viewport: { width, height: 800 } });
  await page.getByRole("listitem").first().waitFor();

  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  expect([beyond <= 0, await violationsOf(page)]).toEqual([true, []]);
});

it.each([1280, 320])(
  "an order of %i pixels shows its steps over time, without a violation of WCAG",
  async (width) => {
    const { orderId } = await api.decidedOrder("tea", 1);
    await mailed(target, { orderId }, "is confirmed");
    const page = await view.at(target.url, `#/orders/${orderId}`, { viewport: { width, height: 800 } });
    const table = page.getByRole("table", { name: "Steps of the order" });
    const mail = table.getByRole("row").filter({ hasText: "notify-customer" });
    await mail.waitFor();

    const bars = await mail.locator(".took").evaluate((bar) => {
      const { left, right } = bar.getBoundingClientRect();
      const track = bar.parentElement?.getBoundingClientRect();
      return { width: right - left, beyond: right - (track?.right ?? 0) };
    });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

    expect(await table.getByRole("rowheader").allTextContents()).toEqual([
      expect.stringMatching(/^place-order .*accepted/),
      expect.stringMatching(/^publish-events order.created published/),
      expect.stringMatching(/^order-created order.created done/),
      expect.stringMatching(/^publish-events order.confirmed published/),
      expect.stringMatching(/^notify-customer order.confirmed mailed/),
    ]);
    expect(bars.width).toBeGreaterThan(0);
    expect(bars.beyond).toBeLessThanOrEqual(2.5);
    expect(beyond).toBeLessThanOrEqual(0);
    expect(await violationsOf(page)).toEqual([]);
    await page.emulateMedia({ media: "print" });
    expect(await mail.isVisible()).toBe(true);
  },
);

it("a number of waiting messages leads to them, without receiving them", async () => {
  await target.emulator.break("function:order-created", 1);
  await put(target, "order-created", '{"kept":1}');
  const page = await view.at(target.url, "#/");
  const cell = page
    .getByRole("row")
    .filter({ hasText: "order-created" })
    .getByRole("link", { name: /^\d+$/ });
  await cell.waitFor();

  await cell.click();
  const message = page.getByRole("list", { name: "Messages, the oldest first" }).getByRole("listitem").last();
  await message.getByText("Body", { exact: true }).click();
  await message.getByText('"kept": 1').waitFor();

  expect(await violationsOf(page)).toEqual([]);
  await target.emulator.mend();
});
