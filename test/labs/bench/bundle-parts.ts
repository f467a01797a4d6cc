import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Metafile } from "esbuild";
import { FUNCTIONS, type FunctionName } from "../../../functions/consumers/consumers.ts";
import { type Bundles, bundleFunctions } from "../../../lib/constructs/bundle.ts";

/** Bytes of a bundle. */
export interface BundleSizes {
  /** All uploaded files. */
  readonly total: number;
  /** Files loaded at the start of the function; the rest is loaded at its first use. */
  readonly atStart: number;
  /** Of those, the project's own code. */
  readonly ownAtStart: number;
}

type Output = Metafile["outputs"][string];

export function sizesOf(assetDir: string): BundleSizes {
  const { outputs } = metafileOf(assetDir);
  const atStart = outputsAtStart(outputs);
  const own = atStart.flatMap(({ inputs }) => Object.entries(inputs)).filter(([path]) => isOwn(path));
  return {
    total: sum(Object.values(outputs).map(({ bytes }) => bytes)),
    atStart: sum(atStart.map(({ bytes }) => bytes)),
    ownAtStart: sum(own.map(([, { bytesInOutput }]) => bytesInOutput)),
  };
}

/**
 * Bundles of the package imports of each function only. The difference to the real bundle is the cost of the project's
 * code at module scope.
 */
export async function packagesOnly(root: string, bundles: Bundles): Promise<Bundles> {
  const handlers = join(root, ".cache", "bench", "packages");
  await mkdir(handlers, { recursive: true });
  for (const name of FUNCTIONS) {
    const own = outputsAtStart(metafileOf(bundles[name]).outputs)
      .flatMap(({ inputs }) => Object.keys(inputs))
      .filter(isOwn);
    const imports = own.flatMap((path) => packageImports(readFileSync(join(root, path), "utf8")));
    await writeFile(join(handlers, `${name}.ts`), `${entryOf(imports)}\n`);
  }
  return bundleFunctions({ handlers, cache: join(root, ".cache", "bench", "bundles") });
}

interface PackageImport {
  readonly from: string;
  readonly names: readonly string[];
}

/** Value imports from packages, in the one form that this project uses. */
function packageImports(source: string): PackageImport[] {
  const statements = source.matchAll(/^import (?!type\b)([^;]+?) from "([^."][^"]*)";$/gm);
  return [...statements].map(([, clause = "", from = ""]) => {
    const named = clause.match(/\{([^}]*)\}/)?.[1] ?? "";
    const names = named
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith("type "));
    return { from, names: clause.startsWith("{") ? names : ["default", ...names] };
  });
}

/** Exports each imported name, against tree shaking. */
function entryOf(imports: readonly PackageImport[]): string {
  const names = new Map<string, Set<string>>();
  for (const { from, names: some } of imports) {
    names.set(from, new Set([...(names.get(from) ?? []), ...some]));
  }
  return [...names]
    .map(
      ([from, some], i) =>
        `export { ${[...some].map((name) => `${name} as ${name}${i}`).join(", ")} } from "${from}";`,
    )
    .join("\n");
}

function metafileOf(assetDir: string): Metafile {
  return JSON.parse(readFileSync(join(dirname(assetDir), "metafile.json"), "utf8")) as Metafile;
}

/** The entry and its transitive static imports. Outputs have unique names. */
function outputsAtStart(outputs: Metafile["outputs"]): readonly Output[] {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const reached = new Set<string>();
  const visit = (name: string) => {
    const output = byName.get(name);
    if (output === undefined || reached.has(name)) return;
    reached.add(name);
    for (const { path, kind } of output.imports) if (kind === "import-statement") visit(basename(path));
  };
  visit("index.mjs");
  return [...reached].flatMap((name) => byName.get(name) ?? []);
}

const isOwn = (path: string) => path.startsWith("functions/");
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Folders of all functions, as pairs. */
export function eachBundle(bundles: Bundles): readonly (readonly [FunctionName, string])[] {
  return FUNCTIONS.map((name) => [name, bundles[name]]);
}
