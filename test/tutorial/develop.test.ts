import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { attach } from "../e2e/attach.ts";
import { type Client, client, line } from "../e2e/client.ts";
import type { Target } from "../e2e/target.ts";
import { type RunningApp, runAppBy } from "../integration/any-app/run-app.ts";
import { copyProject, type ProjectCopy } from "./project-copy.ts";

const HANDLER = "functions/consumers/order-created/handler.ts";
const DECLARATION = "functions/consumers/order-created/consumer.ts";
const ORDER_EVERY_MS = 100;

let project: ProjectCopy;
let emulator: RunningApp;
let target: Target;
let api: Client;
/** The handler of order-created as the project has it. */
let original: string;

beforeAll(async () => {
  project = await copyProject();
  original = project.read(HANDLER);
  emulator = await runAppBy(["bin/start.ts", "--watch"], project.folder);
  writeEdition("first");
  target = await attach(emulator.url);
  api = client(target);
  await api.stockUp("tea", 100_000);
});
afterAll(async () => {
  await target.close();
  await emulator.close();
  project.remove();
});

/** A handler that prints its name for each batch. */
const edition = (name: string): string =>
  `${original}handler.use({ before: () => console.log("edition ${name}") });\n`;

function writeEdition(name: string): void {
  project.write(HANDLER, edition(name));
}

/** Places orders until the line appears, and until each of them is confirmed. */
async function ordersUntil(source: string, text: string): Promise<void> {
  let isThere = false;
  const seen = emulator.lineWith(source, text).then(() => {
    isThere = true;
  });
  const ids: string[] = [];
  while (!isThere) {
    const { body } = await api.place({ lines: [line("tea")] });
    ids.push(body.orderId);
    await Promise.race([seen, pause(ORDER_EVERY_MS)]);
  }
  for (const id of ids) expect((await api.become(id)).status).toBe("CONFIRMED");
}

test("an edit that is made before the functions are watched runs as well", () =>
  ordersUntil("order-created", "edition first"));

test("each edit answers the messages after it, and no message is lost", async () => {
  for (const name of ["second", "third", "fourth", "fifth"]) {
    // Some editors write a file in place, others replace it.
    if (name === "third" || name === "fourth") project.replace(HANDLER, edition(name));
    else writeEdition(name);
    await ordersUntil("order-created", `edition ${name}`);
  }
});

test("a file that cannot be bundled leaves the functions their code", async () => {
  project.write(HANDLER, `${edition("broken")} }`);
  await ordersUntil("watch", "The functions keep their code until this is mended.");

  writeEdition("mended");
  await ordersUntil("order-created", "edition mended");
});

test("an error of types is printed with its place, and the code runs", async () => {
  project.write(HANDLER, `${edition("untyped")}\nexport const count: number = "one";\n`);

  await ordersUntil("order-created", "edition untyped");
  await ordersUntil("watch", `${HANDLER}(`);
  await ordersUntil("watch", "error TS2322");
});

test("a changed declaration is reported with the resources that need a restart", async () => {
  const declaration = project.read(DECLARATION);
  project.write(
    DECLARATION,
    declaration.replace('on: ["order.created"]', 'on: ["order.created", "order.rejected"]'),
  );

  await ordersUntil("watch", "Restart to apply changed resources");
  project.write(DECLARATION, declaration);
  await ordersUntil("watch", "The stacks are as they run again.");
});
