import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeEach, onTestFinished } from "vitest";

const DEFAULT_PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const named = process.env["CHROMIUM_PATH"];
const executable = (named === undefined ? DEFAULT_PATHS : [named]).find((path) => existsSync(path));
const MISSING = `no Chromium at ${named ?? DEFAULT_PATHS.join(", ")}: install it or set CHROMIUM_PATH`;

/** Generous for a loaded machine; a present element is found at once. */
const TIMEOUT_MS = 30_000;

/** Pages of one browser, and their errors. */
export interface BrowserWindow {
  /** Opens the console at a route such as `#/failed`, in a separate browser context. */
  at(url: string, hash?: string, options?: BrowserContextOptions): Promise<Page>;
  /** Opens a console by its whole address. */
  open(address: string, options?: BrowserContextOptions): Promise<Page>;
  /** Script errors and violations of the content policy, since the test file began. */
  readonly faults: readonly string[];
}

/** A headless browser for a test file. Without Chromium its tests are skipped with the reason. */
export function openWindow(): BrowserWindow {
  let browser: Browser | undefined;
  const faults: string[] = [];
  // The reporter counts skipped tests without their reason.
  if (executable === undefined) console.warn(`The tests of the console are skipped: ${MISSING}`);
  beforeEach(({ skip }) => {
    if (executable === undefined) skip(MISSING);
  });
  afterAll(async () => {
    await browser?.close();
  });
  const opened: BrowserWindow = {
    faults,
    at: (url, hash = "#/", options = {}) => opened.open(`${url}/_emulator/console/${hash}`, options),
    async open(address, options = {}) {
      browser ??= await chromium.launch({
        ...(executable === undefined ? {} : { executablePath: executable }),
        args: ["--no-sandbox"],
      });
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
      context.setDefaultTimeout(TIMEOUT_MS);
      const page = await context.newPage();
      onTestFinished(async ({ task }) => {
        if (task.result?.state === "fail") {
          const path = `reports/console-${task.id}.png`;
          await page.screenshot({ path, fullPage: true });
          console.log(`${task.name}\n  at ${page.url()}, as in ${path}`);
        }
        // An open page continues to poll.
        await context.close();
      });
      page.on("pageerror", ({ message }) => faults.push(message));
      page.on("console", (message) => {
        // The page shows 4xx responses of the API; every other error is a fault of the page.
        if (message.type() === "error" && !/status of 4\d\d/.test(message.text()))
          faults.push(message.text());
      });
      await page.goto(address);
      await page.locator("main h1").waitFor();
      return page;
    },
  };
  return opened;
}

/** Fills in the reason of an action's dialog after its dry run and submits it. */
export async function confirm(page: Page, label: string, why: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Why", { exact: true }).fill(why);
  await dialog.getByRole("button", { name: label, exact: true }).click();
}
