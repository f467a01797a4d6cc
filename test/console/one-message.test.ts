import { expect, it } from "vitest";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import { eventAbout, failedKey, put } from "../e2e/messages.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { confirm, openWindow } from "./browser.ts";

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 100);
const order = await api.decidedOrder("tea", 2);

/** Sends a message that its consumer parks at once. */
async function poisoned(body: OrderEvent | string): Promise<string> {
  const key = failedKey("order-created", body);
  await put(target, "order-created", body);
  await api.failed(key, "OPEN");
  return key;
}

it("a poison message is refused unchanged, and resolved after an edit", async () => {
  const event = eventAbout(order, "order.created", 1);
  const key = await poisoned(JSON.stringify(event).slice(0, -1));
  const page = await view.at(target.url, `#/failed/message/${key}`);
  await page.getByText("A redrive would be refused. It would fail as MALFORMED_JSON").waitFor();

  await page.keyboard.press("e");
  const dialog = page.getByRole("dialog", { name: "Edit and redrive" });
  await dialog.getByRole("button", { name: "Dry run" }).click();
  await dialog.getByText("This is not JSON").waitFor();
  await dialog.getByLabel("Body").fill(JSON.stringify({ ...event, type: "order.cancelled" }));
  await dialog.getByRole("button", { name: "Dry run" }).click();
  await dialog.getByText("EDIT_REFUSED").waitFor();
  await dialog.getByLabel("Body").fill(JSON.stringify(event));
  await dialog.getByRole("button", { name: "Dry run" }).click();
  // The order is confirmed: the effect of the message is done.
  await dialog.getByText("The message would be resolved without being sent").waitFor();
  await confirm(page, "Resolve", "a brace was missing");

  await page.getByRole("heading", { name: "resolved" }).waitFor();
  const row = await api.failed(key, "RESOLVED");
  expect(row.history.at(-1)).toMatchObject({
    by: "local",
    why: expect.stringContaining("a brace was missing"),
  });
  expect(view.faults).toEqual([]);
});

it("of a message that would fail again, the discard is the first act", async () => {
  const decided = await api.decidedOrder("tea", 1);
  const lines = decided.lines.map((line) => ({ ...line, quantity: 2 }));
  const amount = { ...decided.amount, minorUnits: decided.amount.minorUnits * 2 };
  const key = await poisoned(eventAbout({ ...decided, lines, amount }, "order.created", 1));
  const page = await view.at(target.url, `#/failed/message/${key}`);

  await page.getByText("It fails again as EVENT_CONTRADICTS_ORDER").waitFor();
  expect(await page.locator("button.strong").allTextContents()).toEqual(["Discard …"]);
});

it("a discard shows its consequences and can be undone", async () => {
  const key = await poisoned("{");
  const page = await view.at(target.url, `#/failed/message/${key}`);

  await page.getByRole("button", { name: "Discard …" }).click();
  await page.getByRole("dialog").getByText("No order is known for this message").waitFor();
  expect((await api.failed(key, "OPEN")).generation).toBe(1);
  await confirm(page, "Discard", "garbage from a test");
  await page.getByRole("heading", { name: "discarded" }).waitFor();

  await page.getByRole("button", { name: "Undo discard …" }).click();
  await confirm(page, "Undo discard", "it was the wrong one");
  await page.getByRole("heading", { name: "open" }).waitFor();

  const history = page.getByRole("region", { name: "History" });
  await history.getByText("garbage from a test").waitFor();
  await history.getByText("it was the wrong one").waitFor();
  const row = await api.failed(key, "OPEN");
  expect(row.history.map(({ act, why }) => [act, why])).toEqual([
    ["park", "MALFORMED_JSON: Unprocessable"],
    ["discard", "garbage from a test"],
    ["undo", "it was the wrong one"],
  ]);
  expect(view.faults).toEqual([]);
});

it("an action on a message that another operator has changed is refused without effect, and not offered again", async () => {
  const key = await poisoned("[");
  const page = await view.at(target.url, `#/failed/message/${key}`);
  await page.getByRole("button", { name: "Discard …" }).waitFor();
  await page.keyboard.press("d");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Why", { exact: true }).fill("mine");
  for (const act of ["discard", "undo"] as const) {
    const body = { why: "another operator was first" };
    await api.call(`POST /failed-messages/{failedKey}/${act}`, { failedKey: key, body });
  }

  await dialog.getByRole("button", { name: "Discard", exact: true }).click();

  await dialog.getByRole("alert").getByText("FAILED_MESSAGE_CHANGED").waitFor();
  expect(await dialog.getByRole("button").allTextContents()).toEqual(["✕", "Close"]);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Close");
  expect(await api.failed(key, "OPEN")).toMatchObject({ generation: 2 });
});

it("an order is found by its id, with its events, consumers and outcomes", async () => {
  const page = await view.at(target.url, "#/orders");
  const latest = page.getByRole("region", { name: "Latest orders" });
  await latest.getByRole("link", { name: order.orderId }).waitFor();

  await page.keyboard.press("/");
  await page.keyboard.type("not an id");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("26 digits and capital letters").waitFor();
  await page.getByLabel("Order id").fill(order.orderId.toLowerCase());
  await page.keyboard.press("Enter");

  await page.getByRole("heading", { name: order.orderId }).waitFor();
  await page.getByText("€9.00").waitFor();
  const timeline = page.getByRole("region", { name: "Timeline" });
  for (const [outcome, type, source] of [
    ["published", "order.created", "publish-events"],
    ["done", "order.created", "order-created"],
    ["published", "order.confirmed", "publish-events"],
    ["mailed", "order.confirmed", "notify-customer"],
  ] as const) {
    await timeline
      .getByRole("listitem")
      .filter({ hasText: outcome })
      .filter({ hasText: type })
      .filter({ hasText: source })
      .first()
      .waitFor();
  }
  expect(view.faults).toEqual([]);
});

it("the mail of an order is in the mailbox", async () => {
  const page = await view.at(target.url, "#/mailbox");

  await page.getByLabel("Text").fill(order.orderId);
  await page.getByText("to ada@example.com").first().click();

  await page.locator(".letter").first().waitFor();
  expect(await page.locator(".letter").first().innerText()).not.toBe("");

  await page.getByLabel("Text").fill("no such address");
  await page.getByText("No mail matches the filter.").waitFor();
});

it("a republish is listed with its counts and reason", async () => {
  const orders = { status: "PENDING", olderThanSeconds: 60 };
  const body = { act: "republish", orders, why: "the mapping was off for a day" };
  const begun = await fetch(`${target.url}/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

  const page = await view.at(target.url, "#/failed");

  expect(begun.status).toBe(202);
  const job = page.getByRole("listitem").filter({ hasText: "the mapping was off for a day" });
  await job.getByText("orders PENDING: 0 published, 0 refused and parked").waitFor();
  expect(view.faults).toEqual([]);
});
