import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningApp, runApp } from "./run-app.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** Below the project, so that the app finds the CDK. */
const FOLDER = join(ROOT, ".cache", `readme-app-${process.pid}`);

let app: RunningApp;
let readme: string;
beforeAll(async () => {
  readme = await readFile(join(ROOT, "lib/emulator/any-app.md"), "utf8");
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? "";
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, "app.ts"), example);
  app = await runApp(FOLDER, "--app", "node app.ts");
});
afterAll(async () => {
  await app?.close();
  await rm(FOLDER, { recursive: true, force: true });
});

test("the example of the README does what the README promises, and is run whole", async () => {
  const [, body = "", path = "", line = ""] =
    /`curl -d (\w+) http:\/\/127\.0\.0\.1:4010(\/\w+)` and logs `([^`]+)`/.exec(readme) ?? [];

  // As curl sends it.
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const response = await fetch(`${app.url}${path}`, { method: "POST", body, headers });

  expect([response.status, await response.json()]).toEqual([200, { accepted: body }]);
  await app.lineWith("Log", line);
  expect(app.leftOut).toEqual([]);
});
