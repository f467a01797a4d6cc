import { beforeAll, expect, it } from "vitest";
import { failedKey, put } from "../e2e/messages.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { confirm, openWindow } from "./browser.ts";
import { faintTexts, namelessControls } from "./inspect.ts";

const view = openWindow();
const { target, api } = await openOwnEmulator();
/** More than the API discards at one a second before it answers. */
const COUNT = 15;
const BODIES = Array.from({ length: COUNT }, (_, i) => `{"malformed": ${i}`);
const KEYS = BODIES.map((body) => failedKey("order-created", body));

beforeAll(async () => {
  for (const body of BODIES) await put(target, "order-created", body);
  for (const key of KEYS) await api.failed(key, "OPEN");
});

const LIST = "#/failed/messages?status=OPEN";
const statuses = async () => {
  const rows = await Promise.all(
    KEYS.map((key) => api.call("GET /failed-messages/{failedKey}", { failedKey: key })),
  );
  return rows.map(({ body }) => body.status).sort();
};
const withDiscarded = (count: number) => [
  ...Array<string>(count).fill("DISCARDED"),
  ...Array<string>(COUNT - count).fill("OPEN"),
];

it("ticked messages are discarded by one job, and undone as a whole", async () => {
  const page = await view.at(target.url, LIST);
  const boxes = page.getByRole("list", { name: "Messages" }).getByRole("checkbox");
  const acts = page.getByRole("region", { name: "Acts on many" });
  await acts.getByText("None ticked: all that match the filter").waitFor();

  await boxes.nth(1).click();
  await boxes.nth(4).click({ modifiers: ["Shift"] });
  await acts.getByText("4 messages ticked").waitFor();
  await boxes.nth(2).click();
  await acts.getByRole("button", { name: "Discard 3 …" }).click();
  const dialog = page.getByRole("dialog", { name: "Discard these messages" });
  await dialog.getByRole("listitem").filter({ hasText: "3 to discard with consequences" }).waitFor();
  await dialog.getByText("No order is known for this message").waitFor();
  expect(await statuses()).toEqual(withDiscarded(0));
  await confirm(page, "Discard", "garbage from a test");

  await page.getByRole("heading", { name: "Discard done" }).waitFor();
  await page.getByText("3 messages of 3 processed: 3 discarded").waitFor();
  expect(await statuses()).toEqual(withDiscarded(3));

  await page.getByRole("button", { name: "Undo this discard …" }).click();
  await page.getByRole("dialog").getByRole("listitem").filter({ hasText: "3 to reopen" }).waitFor();
  await confirm(page, "Undo discard", "it was the wrong group");
  await page.getByRole("heading", { name: "Undo discard done" }).waitFor();
  await page.getByText("3 messages of 3 processed: 3 reopened").waitFor();
  expect(await statuses()).toEqual(withDiscarded(0));
  expect(view.faults).toEqual([]);
});

it("messages are ticked and acted on by keyboard alone, and a job of all is aborted", async () => {
  const page = await view.at(target.url, LIST);
  const acts = page.getByRole("region", { name: "Acts on many" });
  await acts.getByText("None ticked").waitFor();

  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await acts.getByText("1 message ticked").waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+X");
  await acts.getByText("3 messages ticked").waitFor();
  await page.keyboard.press("x");
  await acts.getByText("2 messages ticked").waitFor();
  await acts.getByRole("button", { name: "All that match the filter" }).press("Enter");
  await acts.getByText("None ticked").waitFor();

  await page.keyboard.press("d");
  await page.getByRole("dialog").getByLabel("Messages per second, at most").selectOption("1");
  await confirm(page, "Discard", "the wrong act");
  await page.getByRole("button", { name: "Abort the job …" }).click();
  await confirm(page, "Abort", "not these");
  await page.getByRole("heading", { name: /^Discard .*aborted$/ }).waitFor();
  await page.getByText("Aborted:").waitFor();
  const left = (await statuses()).filter((status) => status === "OPEN").length;
  expect(left).toBeGreaterThan(0);
  await page
    .getByText(`${COUNT - left} message`)
    .first()
    .waitFor();
  expect(view.faults).toEqual([]);
});

it("a job shows why it refused messages", async () => {
  const { body: job } = await api.call("POST /jobs", { body: { act: "redrive", filter: {}, why: "mended" } });
  if ("dryRun" in job) throw new Error("It was a dry run.");
  const page = await view.at(target.url, `#/failed/job/${job.jobId}`);

  await page
    .getByRole("listitem")
    .filter({ hasText: `${job.refused} refused: It would fail as MALFORMED_JSON` })
    .waitFor();
  expect(job.refused).toBeGreaterThan(0);
});

it.each([1280, 320])("ticks and acts fit %i pixels, are named, and have readable contrast", async (width) => {
  const page = await view.at(target.url, LIST, { viewport: { width, height: 844 } });
  await page.getByRole("checkbox", { name: "All on this page" }).check();
  await page.getByRole("button", { name: /^Redrive \d …/ }).waitFor();

  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await page.evaluate(namelessControls)).toEqual([]);
  expect(await page.evaluate(faintTexts, 4.5)).toEqual([]);
});
