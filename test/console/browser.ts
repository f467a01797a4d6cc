import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeEach, onTestFinished } from "vitest";

const KNOWN = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const named = process.env["CHROMIUM_PATH"];
const executable = (named === undefined ? KNOWN : [named]).find((path) => existsSync(path));
const MISSING = `no Chromium at ${named ?? KNOWN.join(", ")}: install one, or name it by CHROMIUM_PATH`;

/** A loaded machine takes its time; what is there is seen at once. */
const PATIENCE_MS = 30_000;

/** What a file sees of the console: pages of one browser, and what went wrong in them. */
export interface Window {
  /** Opens the console at a place such as `#/failed`, in a session of its own. */
  at(url: string, hash?: string, options?: BrowserContextOptions): Promise<Page>;
  /** Errors of the page's scripts and refusals of its content policy, since the file began. */
  readonly faults: readonly string[];
}

/** A headless browser for a file of tests; where there is none, its tests are skipped with the reason. */
export function openWindow(): Window {
  let browser: Browser | undefined;
  const faults: string[] = [];
  // The reporter counts what is skipped, and keeps the reason to itself.
  if (executable === undefined) console.warn(`The tests of the console are skipped: ${MISSING}`);
  beforeEach(({ skip }) => {
    if (executable === undefined) skip(MISSING);
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    faults,
    async at(url, hash = "#/", options = {}) {
      browser ??= await chromium.launch({
        ...(executable === undefined ? {} : { executablePath: executable }),
        args: ["--no-sandbox"],
      });
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      onTestFinished(async ({ task }) => {
        if (task.result?.state === "fail") {
          const path = `reports/console-${task.id}.png`;
          await page.screenshot({ path, fullPage: true });
          console.log(`${task.name}\n  at ${page.url()}, as in ${path}`);
        }
        // A page that stays open goes on asking.
        await context.close();
      });
      page.on("pageerror", ({ message }) => faults.push(message));
      page.on("console", (message) => {
        // An answer of 4xx is the API's word, which the page shows; what the policy refused is the page's fault.
        if (message.type() === "error" && !/status of 4\d\d/.test(message.text()))
          faults.push(message.text());
      });
      await page.goto(`${url}/_emulator/console/${hash}`);
      await page.locator("main h1").waitFor();
      return page;
    },
  };
}

/** Fills the dialog of an act, once its dry run has said something, and does it. */
export async function confirm(page: Page, label: string, why: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Why", { exact: true }).fill(why);
  await dialog.getByRole("button", { name: label, exact: true }).click();
}
