import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FunctionSpec } from "../../../lib/emulator/assembly/model.ts";
import { createFunctionHost, type LocalFunctionHost } from "../../../lib/emulator/runtime/function-host.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** A project whose package says that its `.js` files are modules, as many have; its bundles are not part of it. */
const FILES = {
  "package.json": '{ "type": "module" }',
  "commonjs/index.js": `const { x } = require("./lib.js"); exports.handler = async () => x;`,
  "commonjs/lib.js": "exports.x = 5;",
  "sdk/index.js": `const { SQSClient } = require("@aws-sdk/client-sqs"); exports.handler = async () => typeof SQSClient;`,
  "sdk-module/src/main.mjs": `import { SQSClient } from "@aws-sdk/client-sqs"; export const handler = async () => typeof SQSClient;`,
  "module/index.js": "export const handler = async () => 6;",
  "own-package/package.json": '{ "type": "module" }',
  "own-package/index.js": `import { y } from "./y.js"; export const handler = async () => y;`,
  "own-package/y.js": "export const y = 7;",
  "missing/index.js": `require("@aws-sdk/client-nothing"); exports.handler = async () => 1;`,
  "callback/index.js": "exports.handler = (event, context, callback) => callback(null, event.n + 1);",
};

let folder: string;
let host: LocalFunctionHost;
beforeAll(async () => {
  folder = temporaryFolder();
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const spec = (dir: string, handler = "index.handler"): FunctionSpec => ({
    name: dir,
    physicalName: dir,
    assetDir: join(folder, dir),
    handler,
    runtime: "nodejs22.x",
    timeoutMs: 5_000,
    memoryMb: 256,
    environment: {},
  });
  const dirs = ["commonjs", "sdk", "module", "own-package", "missing", "callback"];
  host = createFunctionHost({
    functions: [...dirs.map((dir) => spec(dir)), spec("sdk-module", "src/main.handler")],
    region: "eu-central-1",
  });
});
afterAll(async () => {
  await host.close();
});

test.each([
  ["a CommonJS bundle below a package of modules", "commonjs", 5],
  ["a CommonJS bundle without the SDK", "sdk", "function"],
  ["a module in a folder of its bundle without the SDK", "sdk-module", "function"],
  ["a bundle with the syntax of modules", "module", 6],
  ["a bundle with a package of its own", "own-package", 7],
  ["a handler with a callback, on a runtime that permits it", "callback", 2],
])("%s runs as on Lambda", async (_name, dir, payload) => {
  await expect(host.invoke(dir, { n: 1 })).resolves.toEqual({ kind: "ok", payload });
});

test("a client of the SDK that is nowhere is named, with the command that installs it", async () => {
  await expect(host.invoke("missing", {})).resolves.toMatchObject({
    kind: "error",
    errorMessage: expect.stringContaining("npm install --save-dev @aws-sdk/client-nothing"),
  });
});
