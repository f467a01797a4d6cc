import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, expect, it } from "vitest";
import { line } from "../e2e/client.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { confirm, openWindow } from "./browser.ts";

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 100);
afterEach(async () => {
  await target.emulator.mend();
});

const TIMEOUT_MS = 120_000;

it("with every call of a consumer crashing the heading names it, and its link shows the crashes", {
  timeout: TIMEOUT_MS,
}, async () => {
  const page = await view.at(target.url);
  await page.getByRole("heading", { name: "Nothing needs an operator" }).waitFor();

  await target.emulator.break("function:order-created");
  const { body } = await api.place({ lines: [line("tea")] });

  const link = page.getByRole("link", {
    name: /invocations? of order-created crashed in the last 5 minutes/,
  });
  await page.getByRole("heading").and(page.locator("h1")).filter({ has: link }).waitFor();
  await link.click();
  await page.locator("main .badge", { hasText: "crashed" }).first().waitFor();
  const ofOrder = await view.at(target.url, `#/orders/${body.orderId}`);
  const refused: string[] = [];
  ofOrder.on("response", (response) => void (response.status() >= 400 && refused.push(response.url())));
  await ofOrder.reload();
  await ofOrder
    .getByRole("list", { name: "State of its latest event" })
    .getByText(/No attempt of order-created has ended, .* crashed .*: probably also those with this event/)
    .waitFor();
  await ofOrder
    .getByRole("list", { name: "State of its latest event" })
    .getByRole("link", { name: "log" })
    .waitFor();
  await ofOrder.waitForResponse((response) => response.url().includes("/failed-messages?event="));
  expect(refused).toEqual([]);
  await ofOrder.locator(".timeline").getByText("probably with this event").first().waitFor();
  await ofOrder
    .locator(".timeline li", { hasText: "crashed" })
    .getByRole("link", { name: "log" })
    .first()
    .click();
  await ofOrder.getByRole("list", { name: "Log lines" }).getByText("broken on purpose").waitFor();
  expect(view.faults).toEqual([]);
});

it("a consumer is paused and resumed with a reason, and the page names it meanwhile", {
  timeout: TIMEOUT_MS,
}, async () => {
  const page = await view.at(target.url);

  await page.getByRole("button", { name: "Pause … order-cancelled" }).click();
  await page.getByText("keeps each for 4 days").waitFor();
  await confirm(page, "Pause", "stock is being counted");
  await page
    .getByRole("button", { name: /^order-cancelled is paused since .* by local: stock is being counted/ })
    .waitFor();
  const row = page.getByRole("row").filter({ hasText: "order-cancelled" }).filter({ hasText: "paused" });
  await row.getByText("stock is being counted").waitFor();

  await row.getByRole("button", { name: "Resume … order-cancelled" }).click();
  await confirm(page, "Resume", "the stock is counted");
  await page.getByRole("button", { name: "Pause … order-cancelled" }).waitFor();
  expect(view.faults).toEqual([]);
});

it("with every order refused the API has a row with its errors, before its alarm", {
  timeout: TIMEOUT_MS,
}, async () => {
  const page = await view.at(target.url);
  await target.emulator.break("table:order-events-local-orders");

  const { status } = await api.place({ lines: [line("tea")] });

  expect(status).toBe(503);
  await page.getByRole("button", { name: /^1 of \d+ requests failed in the API/ }).waitFor();
  const cell = page.getByRole("row").filter({ hasText: "API" }).locator('[data-name="errors (5xx)"]');
  await cell.filter({ hasText: "1" }).waitFor();
  expect(await page.getByText("api errors", { exact: true }).count()).toBe(0);
  expect(view.faults).toEqual([]);
});

it("messages in a dead-letter queue stand in the summary, and their number leads to them", async () => {
  const queue = await target.queueUrl("order-created");
  await target.sqs.send(
    new SendMessageCommand({
      QueueUrl: queue.replace("order-created", "mail-feedback-dlq"),
      MessageBody: "a dead letter",
    }),
  );
  const page = await view.at(target.url);

  await page.getByText("1 message in dead-letter queues").waitFor();
  const row = page.getByRole("row").filter({ hasText: "mail-feedback" });
  await row.locator('[data-name="dead letters"]').getByRole("link", { name: "1", exact: true }).click();

  await page.getByRole("heading", { name: "Queue mail-feedback-dlq" }).waitFor();
  await page.locator(".timeline").getByRole("listitem").waitFor();
  await row.getByRole("link", { name: "mail-feedback" }).click();
  await page.getByRole("heading", { name: "Queue mail-feedback", exact: true }).waitFor();
  await page.getByText("The queue is empty.").waitFor();
  await row.locator('[data-name="dead letters"]').getByRole("link", { name: "1", exact: true }).waitFor();
  expect(view.faults).toEqual([]);
});

it("an unknown order shows one problem", async () => {
  const page = await view.at(target.url, "#/orders/nothing");

  await page.getByRole("alert").getByText("ORDER_NOT_FOUND").waitFor();

  await expect.poll(() => page.getByRole("alert").count()).toBe(1);
  await page.getByRole("heading", { name: "Timeline" }).waitFor({ state: "detached" });
});
