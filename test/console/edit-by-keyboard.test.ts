import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { line } from "../e2e/client.ts";
import { eventAbout, failedKey, put } from "../e2e/messages.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { openWindow } from "./browser.ts";

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 10);

/** The focused element: its label, the name of its region, or its text. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return "nothing";
    const { labels } = element as HTMLInputElement;
    const label = labels?.[0]?.querySelector("span")?.textContent;
    return label ?? element.getAttribute("aria-label") ?? element.textContent ?? "";
  });
/** Waits until the named element has the focus. Only the elements in `passing` may have it before. */
async function focusComesTo(page: Page, name: string, passing: readonly string[]): Promise<void> {
  for (;;) {
    const now = await focused(page);
    if (now === name) return;
    expect(passing).toContain(now);
  }
}

/** Parks a body and opens its editor with the key `e`. */
async function edited(body: string): Promise<{ page: Page; key: string }> {
  const key = failedKey("order-created", body);
  await put(target, "order-created", body);
  await api.failed(key, "OPEN");
  const page = await view.at(target.url, `#/failed/message/${key}`);
  await page.getByText("A redrive would be refused.").waitFor();
  await page.keyboard.press("e");
  await page.getByRole("dialog", { name: "Edit and redrive" }).waitFor();
  return { page, key };
}

async function retyped(page: Page, text: string): Promise<void> {
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
  await page.keyboard.press("Tab");
}

it("an edit by keyboard moves the focus to the next control", async () => {
  const event = eventAbout(await api.decidedOrder("tea", 1), "order.created", 1);
  const { page, key } = await edited(JSON.stringify(event).slice(0, -1));

  await focusComesTo(page, "Body", ["Close"]);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await focusComesTo(page, "Dry run result", ["Dry run"]);
  await page.getByRole("alert").getByText("This is not JSON").waitFor();
  await page.keyboard.press("Shift+Tab");
  expect(await focused(page)).toBe("Body");
  await retyped(page, JSON.stringify({ ...event, type: "order.cancelled" }));
  await page.keyboard.press("Enter");
  await focusComesTo(page, "Dry run result", ["Dry run"]);
  await page.getByRole("alert").getByText("EDIT_REFUSED").waitFor();
  await page.keyboard.press("Shift+Tab");
  await retyped(page, JSON.stringify(event));
  await page.keyboard.press("Enter");
  await focusComesTo(page, "Why", ["Dry run"]);
  await page.keyboard.type("a brace was missing");
  await page.keyboard.press("Tab");
  expect(await focused(page)).toBe("Resolve");
  await page.keyboard.press("Enter");

  await page.getByRole("heading", { name: "resolved" }).waitFor();
  expect((await api.failed(key, "RESOLVED")).history.at(-1)?.why).toContain("a brace was missing");
  expect(view.faults).toEqual([]);
});

it("an edited body without its effect is sent; its editor is indented and monospaced", async () => {
  await target.emulator.break("table:stock");
  const { body: order } = await api.place({ lines: [line("tea")] });
  const event = eventAbout(order, "order.created", 1);
  const { page, key } = await edited(JSON.stringify({ ...event, time: "never" }));

  const field = page.getByRole("textbox", { name: "Body" });
  await focusComesTo(page, "Body", ["Close"]);
  expect((await field.inputValue()).split("\n").length).toBeGreaterThan(10);
  const look = await field.evaluate((element) => {
    const { fontFamily, whiteSpace } = getComputedStyle(element);
    return { fontFamily, whiteSpace, height: element.clientHeight };
  });
  expect(look).toMatchObject({ fontFamily: expect.stringContaining("mono"), whiteSpace: "pre-wrap" });
  expect(look.height).toBeGreaterThan(400);
  await retyped(page, JSON.stringify(event));
  await page.keyboard.press("Enter");
  await focusComesTo(page, "Why", ["Dry run"]);
  await page.keyboard.type("the time was none");
  await page.getByRole("button", { name: "Redrive", exact: true }).waitFor();
  await target.emulator.mend();
  await page.keyboard.press("Enter");

  await page.getByRole("heading", { name: "resolved" }).waitFor();
  expect((await api.failed(key, "RESOLVED")).history[1]?.why).toContain("the time was none");
  expect((await api.become(order.orderId)).status).toBe("CONFIRMED");
});
