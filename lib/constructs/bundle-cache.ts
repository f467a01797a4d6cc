import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** The inputs of a bundle by content, and the options that it was built with. */
interface Manifest {
  readonly recipe: string;
  readonly inputs: Readonly<Record<string, string>>;
}

const MANIFEST = "manifest.json";

/** Caches content hashes within one run: the bundles share most of their files. */
export function contentHashes(root: string): (path: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (path) => {
    if (!known.has(path)) {
      const file = join(root, path);
      known.set(path, existsSync(file) ? digest(readFileSync(file)) : undefined);
    }
    return known.get(path);
  };
}

export function digest(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** True when the folder holds a bundle of the same options and unchanged inputs. */
export function isCurrent(
  folder: string,
  recipe: string,
  hashOf: (path: string) => string | undefined,
): boolean {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) return false;
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  return (
    manifest.recipe === recipe &&
    Object.entries(manifest.inputs).every(([path, hash]) => hashOf(path) === hash)
  );
}

/** Written last, so that an unfinished bundle does not count as finished. */
export function remember(
  folder: string,
  recipe: string,
  metafile: Metafile,
  hashOf: (path: string) => string | undefined,
): void {
  const inputs: Record<string, string> = {};
  for (const path of Object.keys(metafile.inputs)) {
    const hash = hashOf(path);
    if (hash !== undefined) inputs[path] = hash;
  }
  writeFileSync(join(folder, "metafile.json"), JSON.stringify(metafile));
  writeFileSync(join(folder, MANIFEST), JSON.stringify({ recipe, inputs } satisfies Manifest));
}
