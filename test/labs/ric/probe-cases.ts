import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FunctionSpec } from "../../../lib/emulator/assembly/model.ts";

const FUNCTIONS = fileURLToPath(new URL("./functions", import.meta.url));

/** Broken modules, which are not in the tree because tools would report them. */
const BROKEN: Readonly<Record<string, string>> = {
  "syntax-error.mjs": "export const handler = (;",
  "syntax-error-cjs.cjs": "exports.handler = (;",
  "throws-on-load.mjs": 'throw new Error("does not load");',
  "throws-text-on-load.mjs": 'throw "does not load";',
  "imports-nothing.mjs": 'import "./not-there.mjs"; export const handler = () => null;',
  "imports-package.mjs": 'import "no-such-package"; export const handler = () => null;',
  "exits-on-load.mjs": "process.exit(4);",
  "waits-on-load.mjs":
    'const text = await new Promise((done) => setTimeout(done, 20, "late")); export const handler = async () => text;',
  "common.cjs": 'exports.handler = async () => "from CommonJS";',
  "common-js.js": 'exports.handler = async () => "from CommonJS, .js";',
  "default-only.mjs": 'export default { handler: async () => "from the default export" };',
  "module-js/index.js": 'export const handler = async () => "from a module, .js";',
  "module-js/package.json": '{"type":"module"}',
};

const spec = (name: string, assetDir: string, handler: string): FunctionSpec => ({
  name,
  physicalName: `order-events-${name}`,
  assetDir,
  handler,
  timeoutMs: name === "neverEnds" ? 1000 : 10_000,
  memoryMb: 256,
  environment: {},
});

const brokenFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "ric-"));
  mkdirSync(join(folder, "module-js"));
  for (const [file, text] of Object.entries(BROKEN)) writeFileSync(join(folder, file), text);
  return folder;
};

/** Functions with every kind of result, by case. The broken ones are written to `folder`. */
export const probeFunctions = async (): Promise<{
  readonly specs: readonly FunctionSpec[];
  readonly folder: string;
}> => {
  // Each export is a case.
  const probes = (await import(join(FUNCTIONS, "probes.mjs"))) as Readonly<Record<string, unknown>>;
  const folder = brokenFolder();
  const module = (name: string, handler = `${name}.handler`) => spec(name, folder, handler);
  return {
    folder,
    specs: [
      ...Object.keys(probes).map((name) => spec(name, FUNCTIONS, `probes.${name}`)),
      spec("nested.inner", FUNCTIONS, "probes.nested.inner"),
      spec("no such export", FUNCTIONS, "probes.missing"),
      spec("no such file", FUNCTIONS, "missing.handler"),
      spec("no export named", FUNCTIONS, "probes"),
      module("syntax-error"),
      module("syntax-error-cjs"),
      module("throws-on-load"),
      module("throws-text-on-load"),
      module("imports-nothing"),
      module("imports-package"),
      module("exits-on-load"),
      module("waits-on-load"),
      module("common"),
      module("common-js"),
      module("default-only"),
      module("module-js", "module-js/index.handler"),
    ],
  };
};
