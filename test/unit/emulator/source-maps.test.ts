import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSourceMaps } from "../../../lib/emulator/runtime/source-maps.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "source-maps-"));
  for (const each of ["running", "asset", "maps", "with-maps"]) mkdirSync(join(folder, each));
  const { code, map } = transformSync("interface A { a: 1 }\n\nexport const run = () => missing();\n", {
    loader: "ts",
    format: "esm",
    sourcemap: "external",
    sourcefile: "../../../functions/orders/run.ts",
  });
  for (const each of ["running", "asset", "with-maps"]) writeFileSync(join(folder, each, "index.mjs"), code);
  for (const each of ["maps", "with-maps"]) writeFileSync(join(folder, each, "index.mjs.map"), map);
});
afterAll(() => rmSync(folder, { recursive: true }));

const sources = (assetDir: string, asset = "asset") =>
  openSourceMaps({
    assetDir: (name) => (name === "f" ? join(folder, assetDir) : undefined),
    build: () => ({ asset: join(folder, asset), maps: join(folder, "maps") }),
  });

describe("a frame of a bundle", () => {
  test.each([
    ["at run (index.mjs:1:20)", "at run (functions/orders/run.ts:3:"],
    ["at index.mjs:1:20", "at functions/orders/run.ts:3:"],
  ])("%s is shown as %s", (frame, shown) => {
    expect(sources("running")("f", frame).startsWith(shown)).toBe(true);
  });

  test("is mapped by the maps in the folder of the bundle as well", () => {
    expect(sources("with-maps", "none")("f", "at run (index.mjs:1:20)")).toContain("run.ts:3:");
  });

  test("stays where the build differs from what runs", () => {
    writeFileSync(join(folder, "running", "index.mjs"), "// changed\n");

    expect(sources("running")("f", "at run (index.mjs:1:20)")).toBe("at run (index.mjs:1:20)");
  });

  test.each([
    ["f", "at run (other.mjs:1:20)"],
    ["f", "at run (functions/orders/run.ts:3:26)"],
    ["f", "caused by Error: index.mjs"],
    ["unknown", "at run (index.mjs:1:20)"],
    ["f", ""],
  ])("of %s that has no map stays: %j", (name, frame) => {
    expect(sources("with-maps")(name, frame)).toBe(frame);
  });
});
