import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { chromium } from "playwright-core";
import { queueName } from "../../lib/constructs/resource-names.ts";
import { orderEventsApp } from "../../lib/emulator/order-events/order-events-app.ts";
import { synthesize } from "../../lib/emulator/order-events/synth.ts";
import { type Emulator, startEmulator } from "../../lib/emulator/start-emulator.ts";
import { generateLoad } from "../../lib/operator/cli/load-generator.ts";
import { noFlags, scriptFlags } from "../../lib/script-flags.ts";

/** `npm run screenshot`: the console's overview in light and dark, for the README. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDER = join(ROOT, "lib/operator/console");
/** As high as the end of the plots. */
const SIZE = { width: 1200, height: 900 };
/** Orders a second, ten seconds each. The plots show five minutes; the pictures are taken in the last ten seconds. */
const RATES = [2, 3, 5, 8, 6, 4, 3, 5, 9, 12, 9, 6, 4, 3, 4, 6, 8, 6, 5, 4, 3, 5, 7, 5];
const PHASE_SECONDS = 10;
const BROKEN_AT = 9;
const BROKEN_MESSAGES = 3;
const SKUS = 5;

const HELP = `npm run screenshot: takes pictures of the console's overview for the README, in light and dark; four minutes

  --help  this text

Needs Chromium, in its usual place or at CHROMIUM_PATH.
`;
scriptFlags(HELP, noFlags);

const executablePath =
  process.env["CHROMIUM_PATH"] ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
    existsSync(path),
  );
if (executablePath === undefined) throw new Error("No Chromium: install one, or name it by CHROMIUM_PATH.");

const emulator = await startEmulator({
  app: orderEventsApp,
  port: 0,
  assembly: async () => (await synthesize(ROOT)).directory,
});
try {
  await stockUp(emulator.url);
  for (const [phase, rate] of RATES.entries()) {
    if (phase === BROKEN_AT) await breakMessages(emulator);
    const isLast = phase === RATES.length - 1;
    await Promise.all([
      generateLoad(
        { url: emulator.url },
        { rate, seconds: PHASE_SECONDS, skus: SKUS },
        () => {},
        new AbortController().signal,
      ),
      ...(isLast ? [photograph(emulator.url)] : []),
    ]);
    process.stderr.write(`${(phase + 1) * PHASE_SECONDS} of ${RATES.length * PHASE_SECONDS} s\n`);
  }
} finally {
  await emulator.close();
}

async function stockUp(url: string): Promise<void> {
  for (let sku = 1; sku <= SKUS; sku += 1) {
    await fetch(`${url}/stock/load-${sku}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ onHand: 100_000 }),
    });
  }
}

/** Bodies that are cut off, so that all of them are parked for one reason. */
async function breakMessages({ endpoints }: Emulator): Promise<void> {
  const sqs = new SQSClient({
    region: endpoints.region,
    endpoint: endpoints.sqs,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const QueueName = queueName("local", "order-created", "source");
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  for (let sent = 0; sent < BROKEN_MESSAGES; sent += 1) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `{"specversion":"1.0","id":"${sent}` }));
  }
  sqs.destroy();
}

async function photograph(url: string): Promise<void> {
  const browser = await chromium.launch({ executablePath: String(executablePath), args: ["--no-sandbox"] });
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await browser.newPage({ colorScheme, viewport: SIZE });
    await page.goto(`${url}/_emulator/console/`);
    await page.locator(".plots canvas").first().waitFor();
    await page.getByRole("heading", { name: /failed messages/ }).waitFor();
    await page.locator(".as-of").waitFor();
    await page.waitForFunction(() => document.querySelector("main .loading") === null);
    const path = join(FOLDER, `overview-${colorScheme}.png`);
    await page.screenshot({ path });
    process.stdout.write(`${path}\n`);
  }
  await browser.close();
}
