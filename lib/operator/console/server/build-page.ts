import { createHash, randomUUID } from "node:crypto";
import { glob, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Content } from "./responses.ts";
import { runbooksIn } from "./runbooks.ts";

/** The files of the page by their names. */
export type Page = ReadonlyMap<string, Content>;

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const WEB = "lib/operator/console/web";
const RUNBOOKS = "lib/stacks/runbooks.md";
const INPUTS = [
  `${WEB}/**/*`,
  "lib/operator/observe/view-types.ts",
  "lib/operator/console/server/runbooks.ts",
  "functions/contract/*.ts",
  RUNBOOKS,
  "package-lock.json",
];
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/**
 * Bundles the page, or takes the one of the last time while its sources are as they were. Everything is in it:
 * the page loads nothing from elsewhere.
 */
export async function buildPage(cache = join(ROOT, ".cache", "console")): Promise<Page> {
  const folder = join(cache, await digestOf(INPUTS));
  const known = await readPage(folder).catch(() => undefined);
  if (known !== undefined) return known;
  // Two at a time, in this process or in two, each have a folder of their own.
  const made = `${folder}.${randomUUID()}`;
  try {
    await bundle(made);
    // Whole or not at all. Where another process was faster, its page is the same.
    await rename(made, folder).catch(() => undefined);
    return await readPage(folder);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** Builds the page when somebody first asks, and keeps it; one that could not be built is tried again. */
export function pageOnce(build: () => Promise<Page> = buildPage): () => Promise<Page> {
  let page: Promise<Page> | undefined;
  return () => {
    page ??= build().catch((error: unknown) => {
      page = undefined;
      throw error;
    });
    return page;
  };
}

async function bundle(folder: string): Promise<void> {
  // Loaded here: a page that was bundled before needs no bundler.
  const { build } = await import("esbuild");
  await mkdir(folder, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    bundle: true,
    charset: "utf8",
    // The page shows the runbooks and needs nothing else of their file.
    define: { RUNBOOKS: JSON.stringify(runbooksIn(await readFile(join(ROOT, RUNBOOKS), "utf8"))) },
    entryPoints: { console: `${WEB}/main.tsx` },
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    minify: true,
    outdir: folder,
    target: "es2022",
  });
  for (const name of ["index.html", "icon.svg"]) {
    await writeFile(join(folder, name), await readFile(join(ROOT, WEB, name)));
  }
}

async function readPage(folder: string): Promise<Page> {
  const names = await readdir(folder);
  const files = names.map(async (name): Promise<[string, Content]> => {
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    return [name, { type, body: await readFile(join(folder, name)) }];
  });
  return new Map(await Promise.all(files));
}

async function digestOf(patterns: readonly string[]): Promise<string> {
  const files: string[] = [];
  for await (const file of glob(patterns, { cwd: ROOT })) files.push(file);
  const hash = createHash("sha256").update(await readFile(fileURLToPath(import.meta.url)));
  for (const file of files.sort()) {
    const content = await readFile(join(ROOT, file)).catch(() => undefined);
    if (content !== undefined) hash.update(file).update("\0").update(content);
  }
  return hash.digest("hex").slice(0, 16);
}
