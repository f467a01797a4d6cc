import { readdir } from "node:fs/promises";
import { matchesGlob } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { buildPage, INPUTS, lazyPage } from "../../../lib/operator/console/server/build-page.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

async function cache(): Promise<string> {
  const folder = temporaryFolder();
  return folder;
}

it("the page is complete, loads nothing from another origin, and is below 100 KB compressed", async ({
  annotate,
}) => {
  const page = await buildPage(await cache());

  const sizes = [...page].map(([name, { body }]) => [name, gzipSync(body).length] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  void annotate(`${total} bytes by gzip: ${sizes.map(([name, size]) => `${name} ${size}`).join(", ")}`);
  const text = [...page.values()].map(({ body }) => String(body)).join("\n");
  expect([...page.keys()].sort()).toEqual(["console.css", "console.js", "icon.svg", "index.html"]);
  expect(total).toBeLessThan(100_000);
  expect(text.match(/https?:\/\/(?!www\.w3\.org\/)[^"'`\s)]+/g) ?? []).toEqual([]);
});

it("each source that the page imports is one of its inputs, so that a change of it builds the page again", async () => {
  const { metafile } = await build({
    bundle: true,
    entryPoints: ["lib/operator/console/web/main.tsx"],
    jsx: "automatic",
    jsxImportSource: "preact",
    metafile: true,
    outdir: "unused",
    write: false,
  });

  const own = Object.keys(metafile.inputs).filter((file) => !file.startsWith("node_modules/"));
  expect(own).toContain("lib/operator/observe/concerns.ts");
  expect(own.filter((file) => !INPUTS.some((pattern) => matchesGlob(file, pattern)))).toEqual([]);
});

it("unchanged sources are bundled once, also by concurrent builds", async () => {
  const folder = await cache();

  const [one, other] = await Promise.all([buildPage(folder), buildPage(folder)]);
  const again = await buildPage(folder);

  expect(await readdir(folder)).toHaveLength(1);
  expect([...other]).toEqual([...one]);
  expect([...again]).toEqual([...one]);
});

it("a failed build is repeated, a successful one is kept", async () => {
  let builds = 0;
  const page = lazyPage(async () => {
    builds += 1;
    if (builds === 1) throw new Error("no space left");
    return new Map();
  });

  await expect(page()).rejects.toThrow("no space left");
  await page();
  await page();

  expect(builds).toBe(2);
});
