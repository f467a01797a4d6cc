import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

interface Locked {
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
  /** Bundled in the archive of another package, whose checksum covers it. */
  readonly inBundle?: boolean;
  /** A workspace: a folder of this repository. */
  readonly link?: boolean;
}

const root = join(import.meta.dirname, "../..");
const read = (name: string) => JSON.parse(readFileSync(join(root, name), "utf8"));
const manifest = read("package.json");
const lock: { packages: Record<string, Locked> } = read("package-lock.json");

describe("J5: an installed package", () => {
  test("has no install script, except esbuild, which checks its binary", () => {
    const withScripts = Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript);

    expect(withScripts.map(([path]) => path)).toEqual(["node_modules/esbuild"]);
  });

  test("is pinned to one version with a checksum", () => {
    const workspaces: readonly string[] = manifest.workspaces;
    const manifests = [manifest, ...workspaces.map((folder) => read(`${folder}/package.json`))];
    const versions = manifests.flatMap(({ dependencies, devDependencies, optionalDependencies }) =>
      Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies }),
    );
    const unchecked = Object.entries(lock.packages).filter(
      ([path, { integrity, inBundle, link }]) =>
        !["", ...workspaces].includes(path) && !link && !inBundle && !integrity,
    );

    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(unchecked.map(([path]) => path)).toEqual([]);
  });
});
