import { describe, expect, it } from "vitest";
import { QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { mailed } from "../e2e/mails.ts";
import { failedKey, put } from "../e2e/messages.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { violationsOf } from "./axe.ts";
import { confirm, openWindow } from "./browser.ts";
import { faintTexts, namelessControls } from "./inspect.ts";

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 5);
const { orderId } = await api.decidedOrder("tea", 1);
await mailed(target, { orderId }, "is confirmed");
await put(target, "order-created", "{");
await api.failed(failedKey("order-created", "{"), "OPEN");
await target.emulator.break("mail", 0.5);
const WHY = "an operator writes long reasons in a hurry: ".repeat(9);
await api.call("POST /consumers/{consumer}/pause", { consumer: "order-cancelled", body: { why: WHY } });

const ROUTES = [
  "#/",
  "#/failed",
  "#/failed/messages?status=OPEN",
  `#/failed/message/${failedKey("order-created", "{")}`,
  "#/orders",
  "#/orders?limit=50",
  `#/orders/${orderId}`,
  "#/events",
  "#/events/order.created",
  "#/functions",
  "#/mailbox",
  "#/faults",
  "#/failed/message/nothing",
  "#/failed/job/nothing",
  "#/nowhere",
];

describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
  it.each([1280, 320])(
    "every view fits %i pixels, breaks no rule of axe, names its controls and has readable contrast",
    async (width) => {
      const page = await view.at(target.url, "#/", { colorScheme, viewport: { width, height: 844 } });
      const found: Record<string, unknown> = {};

      for (const route of ROUTES) {
        await page.goto(`${target.url}/_emulator/console/${route}`);
        // A change of the fragment is no navigation to wait for.
        await page.reload();
        await page.locator("main h1").waitFor();
        await page.waitForFunction(() => document.querySelector("main .loading") === null);
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        const nameless = await page.evaluate(namelessControls);
        const faint = await page.evaluate(faintTexts, 4.5);
        const broken = await violationsOf(page);
        if (beyond > 0 || nameless.length > 0 || faint.length > 0 || broken.length > 0)
          found[route] = { beyond, nameless, faint, broken };
      }

      expect(found).toEqual({});
      expect(view.faults).toEqual([]);
    },
  );
});

it("the colours follow the system, and another choice is kept", async () => {
  const page = await view.at(target.url, "#/", { colorScheme: "dark" });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();

  await page.keyboard.press("t");
  const light = await background();
  await page.reload();
  await page.locator("main h1").waitFor();

  expect(light).not.toBe(dark);
  expect(await background()).toBe(light);
});

it("views, rows and dialogs are reachable by keyboard", async () => {
  const page = await view.at(target.url);
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");

  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await page.getByRole("link", { name: /1 MALFORMED_JSON in order-created/ }).waitFor();
  await page.keyboard.press("j");
  expect(await focused()).toContain("MALFORMED_JSON");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "MALFORMED_JSON in order-created" }).waitFor();
  await page.getByRole("list", { name: "Messages" }).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Not an event" }).waitFor();
  await page.keyboard.press("d");
  await page.getByRole("dialog", { name: "Discard this message" }).waitFor();
  await page.getByLabel("Why", { exact: true }).waitFor();
  await page.keyboard.type("typed");
  expect(await page.getByLabel("Why", { exact: true }).inputValue()).toBe("typed");
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });

  const outline = await page.evaluate(() => {
    const link = document.querySelector<HTMLElement>("nav a");
    link?.focus();
    return link === null ? "" : getComputedStyle(link).outlineStyle;
  });
  expect(outline).toBe("solid");
  expect((await api.failed(failedKey("order-created", "{"), "OPEN")).history.map(({ act }) => act)).toEqual([
    "park",
  ]);
});

it("after an act the focus is on a control beside it, and where there is none in the view", async () => {
  const page = await view.at(target.url, `#/failed/message/${failedKey("order-created", "{")}`);
  const focused = () => page.evaluate(() => document.activeElement?.textContent);

  await page.getByRole("button", { name: "Discard …" }).press("Enter");
  await confirm(page, "Discard", "garbage from a test");
  await page.getByRole("button", { name: "Undo discard …" }).waitFor();
  await expect.poll(focused).toBe("Undo discard …");
  // The page shows the message as open before the response is there: the button that opened the dialog is gone.
  const discard = page.locator(".acts button", { hasText: /^Discard …$/ });
  await page.route("**/undo", async (route) => {
    const response = await route.fetch();
    if (!(route.request().postData() ?? "").includes("dryRun")) await discard.waitFor({ state: "attached" });
    await route.fulfill({ response });
  });
  await page.keyboard.press("Enter");
  await confirm(page, "Undo discard", "it was the wrong one");
  await page.locator("dialog").waitFor({ state: "detached" });
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest(".acts") !== null)).toBe(true);

  await page.getByRole("link", { name: "Failed messages" }).press("Enter");
  await page.getByRole("heading", { name: "Failed messages" }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("main");
});

it("the filter offers the emulator's consumers and the one in the address", async () => {
  const page = await view.at(target.url, "#/failed");
  const offered = () => page.getByLabel("Consumer").locator("option").allTextContents();
  const own = ["any", ...QUEUE_CONSUMERS, "publish-events"];

  const usual = await offered();
  await page.goto(`${target.url}/_emulator/console/#/failed/messages?status=OPEN&consumer=publish-to-kafka`);
  await page.getByText("publish-to-kafka").first().waitFor({ state: "attached" });

  expect(usual).toEqual(own);
  expect(await offered()).toEqual([...own, "publish-to-kafka"]);
});

it("a missing message shows the API's error with advice", async () => {
  const page = await view.at(target.url, "#/");

  await page.goto(`${target.url}/_emulator/console/#/failed/message/order-created~nothing`);

  await page.getByRole("alert").getByText("There is no such failed message").waitFor();
  await page.getByText("Check the address.").waitFor();
});

it("an unreachable server is reported once, loaded data stays, and the page reconnects", async () => {
  const page = await view.at(target.url, "#/failed");
  await page.getByRole("link", { name: /1 MALFORMED_JSON/ }).waitFor();

  await page.context().setOffline(true);
  await page.getByRole("alert").getByText("The console's server does not respond").waitFor();
  const alerts = await page.getByRole("alert").count();
  const isKept = await page.getByRole("link", { name: /1 MALFORMED_JSON/ }).isVisible();
  await page.context().setOffline(false);
  await page.getByRole("alert").waitFor({ state: "detached" });

  expect([alerts, isKept]).toEqual([1, true]);
});
