import { describe, expect, it } from "vitest";
import { mailed } from "../e2e/mails.ts";
import { failedKey, put } from "../e2e/messages.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { openWindow } from "./browser.ts";
import { faintTexts, namelessControls } from "./inspect.ts";

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 5);
const { orderId } = await api.settled("tea", 1);
await mailed(target, { orderId }, "is confirmed");
await put(target, "order-created", "{");
await api.failed(failedKey("order-created", "{"), "OPEN");
await target.emulator.break("mail", 0.5);

const PLACES = [
  "#/",
  "#/failed",
  "#/failed/messages?status=OPEN",
  `#/failed/message/${failedKey("order-created", "{")}`,
  "#/orders",
  `#/orders/${orderId}`,
  "#/mailbox",
  "#/faults",
  "#/nowhere",
];

describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
  it.each([1280, 390])("every place fits %i pixels, names its controls and can be read", async (width) => {
    const page = await view.at(target.url, "#/", { colorScheme, viewport: { width, height: 844 } });
    const found: Record<string, unknown> = {};

    for (const place of PLACES) {
      await page.goto(`${target.url}/_emulator/console/${place}`);
      // Another place of the same document is no navigation that could be waited for.
      await page.reload();
      await page.locator("main :is(h1, .empty)").first().waitFor();
      await page.waitForFunction(() => document.querySelector("main .loading") === null);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      const nameless = await page.evaluate(namelessControls);
      const faint = await page.evaluate(faintTexts, 4.5);
      if (beyond > 0 || nameless.length > 0 || faint.length > 0) found[place] = { beyond, nameless, faint };
    }

    expect(found).toEqual({});
    expect(view.faults).toEqual([]);
  });
});

it("the colours of the system are taken, and another choice is kept", async () => {
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

it("everything is reached by keyboard alone: places, rows, a dialog and back", async () => {
  const page = await view.at(target.url);
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");

  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
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
  await page.getByRole("heading", { name: "A message that is no event" }).waitFor();
  await page.keyboard.press("d");
  await page.getByRole("dialog", { name: "Discard this message" }).waitFor();
  await page.getByLabel("Why", { exact: true }).waitFor();
  await page.keyboard.type("typed");
  expect(await page.getByLabel("Why", { exact: true }).inputValue()).toBe("typed");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

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

it("the filter offers the consumers that the emulator has, and one that the address names", async () => {
  const page = await view.at(target.url, "#/failed");
  const offered = () => page.getByLabel("Consumer").locator("option").allTextContents();
  const own = ["any", "order-created", "order-cancelled", "notify-customer", "publish-events"];

  const usual = await offered();
  await page.goto(`${target.url}/_emulator/console/#/failed/messages?status=OPEN&consumer=publish-to-kafka`);
  await page.getByText("publish-to-kafka").first().waitFor({ state: "attached" });

  expect(usual).toEqual(own);
  expect(await offered()).toEqual([...own, "publish-to-kafka"]);
});

it("what the API refuses is said, with what to do; a message that is not there is no empty page", async () => {
  const page = await view.at(target.url, "#/");

  await page.goto(`${target.url}/_emulator/console/#/failed/message/order-created~nothing`);

  await page.getByRole("alert").getByText("There is no such failed message").waitFor();
  await page.getByText("Look whether the address is whole").waitFor();
});

it("a server that is gone is said once, what was read stays, and the page goes on when it is back", async () => {
  const page = await view.at(target.url, "#/failed");
  await page.getByRole("link", { name: /1 MALFORMED_JSON/ }).waitFor();

  await page.context().setOffline(true);
  await page.getByRole("alert").getByText("The console's own server does not answer").waitFor();
  const alerts = await page.getByRole("alert").count();
  const isKept = await page.getByRole("link", { name: /1 MALFORMED_JSON/ }).isVisible();
  await page.context().setOffline(false);
  await page.getByRole("alert").waitFor({ state: "detached" });

  expect([alerts, isKept]).toEqual([1, true]);
});
