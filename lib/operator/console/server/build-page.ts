import { createHash, randomUUID } from "node:crypto";
import { glob, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PageFile, pageFile } from "./responses.ts";
import { parseRunbooks } from "./runbooks.ts";

/** The files of the page, by name. */
export type Page = ReadonlyMap<string, PageFile>;

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const WEB = "lib/operator/console/web";
/** The page of the package, which has neither sources nor bundler. */
const BUILT = fileURLToPath(new URL("../page", import.meta.url));
const RUNBOOKS = "lib/stacks/runbooks.md";
/** Whatever the page is built from, as patterns. */
export const INPUTS = [
  `${WEB}/**/*`,
  "lib/operator/{events,observe,target}/*",
  "lib/operator/console/server/runbooks.ts",
  "lib/*.ts",
  "functions/{contract,middleware}/*.ts",
  "functions/contract/{validators.js,asyncapi.json}",
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
 * Bundles the page, or returns the cached bundle where its sources have not changed; in the package the page that came
 * with it. The bundle is complete: the page loads nothing from another origin.
 */
export async function buildPage(cache = join(ROOT, ".cache", "console")): Promise<Page> {
  const built = await readPage(BUILT).catch(() => undefined);
  if (built !== undefined) return built;
  const folder = join(cache, await hashSources(INPUTS));
  const cached = await readPage(folder).catch(() => undefined);
  if (cached !== undefined) return cached;
  // Concurrent builds, in one process or several, write to separate folders.
  const temporary = `${folder}.${randomUUID()}`;
  try {
    await bundlePage(temporary);
    // The rename is atomic. It fails where another process was first, whose page is the same.
    await rename(temporary, folder).catch(() => undefined);
    return await readPage(folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Builds the page at the first request and keeps it. A failed build is tried again at the next request. */
export function lazyPage(build: () => Promise<Page> = buildPage): () => Promise<Page> {
  let page: Promise<Page> | undefined;
  return () => {
    page ??= build().catch((error: unknown) => {
      page = undefined;
      throw error;
    });
    return page;
  };
}

export async function bundlePage(folder: string): Promise<void> {
  // Imported here: a cached page needs no bundler.
  const { build } = await import("esbuild");
  await mkdir(folder, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    bundle: true,
    charset: "utf8",
    // The page shows the runbooks and needs nothing else of their file.
    define: { RUNBOOKS: JSON.stringify(parseRunbooks(await readFile(join(ROOT, RUNBOOKS), "utf8"))) },
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
  const files = names.map(async (name): Promise<[string, PageFile]> => {
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    return [name, pageFile(type, await readFile(join(folder, name)))];
  });
  return new Map(await Promise.all(files));
}

async function hashSources(patterns: readonly string[]): Promise<string> {
  const files: string[] = [];
  for await (const file of glob(patterns, { cwd: ROOT })) files.push(file);
  const hash = createHash("sha256").update(await readFile(fileURLToPath(import.meta.url)));
  for (const file of files.sort()) {
    const content = await readFile(join(ROOT, file)).catch(() => undefined);
    if (content !== undefined) hash.update(file).update("\0").update(content);
  }
  return hash.digest("hex").slice(0, 16);
}
