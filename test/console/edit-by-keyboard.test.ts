import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { line } from "../e2e/client.ts";
import { eventAbout, failedKey, put } from "../e2e/messages.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { openWindow } from "./browser.ts";

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 10);

/** What has the focus: a label, the name of a region, or the text of a button. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return "nothing";
    const { labels } = element as HTMLInputElement;
    const label = labels?.[0]?.querySelector("span")?.textContent;
    return label ?? element.getAttribute("aria-label") ?? element.textContent ?? "";
  });
/** Waits until something has the focus; never passes over a moment in which nothing has it. */
async function focusComesTo(page: Page, name: string, passing: readonly string[]): Promise<void> {
  for (;;) {
    const now = await focused(page);
    if (now === name) return;
    expect(passing).toContain(now);
  }
}

/** Opens the editor of a parked body by its key. */
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

it("an edit is made by keyboard alone, the focus going where it is needed", async () => {
  const event = eventAbout(await api.settled("tea", 1), "order.created", 1);
  const { page, key } = await edited(JSON.stringify(event).slice(0, -1));

  await focusComesTo(page, "Body", ["Close"]);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await focusComesTo(page, "Dry run", ["Try it"]);
  await page.getByRole("alert").getByText("This is not JSON").waitFor();
  await page.keyboard.press("Shift+Tab");
  expect(await focused(page)).toBe("Body");
  await retyped(page, JSON.stringify({ ...event, type: "order.cancelled" }));
  await page.keyboard.press("Enter");
  await focusComesTo(page, "Dry run", ["Try it"]);
  await page.getByRole("alert").getByText("EDIT_REFUSED").waitFor();
  await page.keyboard.press("Shift+Tab");
  await retyped(page, JSON.stringify(event));
  await page.keyboard.press("Enter");
  await focusComesTo(page, "Why", ["Try it"]);
  await page.keyboard.type("a brace was missing");
  await page.keyboard.press("Tab");
  expect(await focused(page)).toBe("Resolve it");
  await page.keyboard.press("Enter");

  await page.getByRole("heading", { name: "resolved" }).waitFor();
  expect((await api.failed(key, "RESOLVED")).history.at(-1)?.why).toContain("a brace was missing");
  expect(view.faults).toEqual([]);
});

it("a body whose work is not done is sent, from a field that shows it in lines of one width", async () => {
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
  await focusComesTo(page, "Why", ["Try it"]);
  await page.keyboard.type("the time was none");
  await page.getByRole("button", { name: "Send it" }).waitFor();
  await target.emulator.mend();
  await page.keyboard.press("Enter");

  await page.getByRole("heading", { name: "resolved" }).waitFor();
  expect((await api.failed(key, "RESOLVED")).history[1]?.why).toContain("the time was none");
  expect((await api.become(order.orderId)).status).toBe("CONFIRMED");
});
