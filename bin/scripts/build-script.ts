import { execFileSync } from "node:child_process";
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePage } from "../../lib/operator/console/server/build-page.ts";
import { noFlags, scriptFlags } from "../../lib/script-flags.ts";
import { onClosedOutput } from "../../lib/terminal.ts";

const HELP = `npm run build: builds the package for other projects in dist/

  --help, -h  prints this text

Example:  npm run build && npm pack ./dist

Exit code: 0 when dist/ is complete, 1 where the compiler reports an error, 3 for an unknown flag.
`;

/** Files of the package that are not compiled. */
const COPIED = [
  "LICENSE",
  "bin/order-events.mjs",
  "bin/with-node.cjs",
  "functions/contract/validators.js",
  "functions/middleware/README.md",
  "lib/constructs/README.md",
  "lib/emulator/any-app.md",
  "lib/emulator/runtime/bootstrap.mjs",
];
/** The first page of the package. Its links lead to the same pages from the top. */
const README = "bin/exports/README.md";

onClosedOutput();
scriptFlags(HELP, noFlags);
const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "dist");
rmSync(dist, { recursive: true, force: true });
try {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  removeInternalTypes();
  for (const file of COPIED) cpSync(join(root, file), join(dist, file));
  const readme = readFileSync(join(root, README), "utf8");
  writeFileSync(join(dist, "README.md"), readme.replaceAll("](../../", "]("));
  writeFileSync(join(dist, "package.json"), `${JSON.stringify(publishedManifest(), undefined, 2)}\n`);
  await bundlePage(join(dist, "lib/operator/console/page"));
} catch (error) {
  // The compiler has printed its errors.
  if (!(error instanceof Error && "status" in error)) throw error;
  process.exitCode = 1;
}

/** The manifest of the repository without what only serves its development. */
function publishedManifest(): object {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { scripts: _, devDependencies: __, workspaces: ___, ...published } = manifest;
  // An exact version of the SDK would be installed beside that of the other project.
  const dependencies = Object.entries<string>(published.dependencies).map(([name, version]) => [
    name,
    name.startsWith("@aws-sdk/") ? `^${version}` : version,
  ]);
  return { ...published, dependencies: Object.fromEntries(dependencies) };
}

/** Keeps the declarations that those of the exports refer to. */
function removeInternalTypes(): void {
  const needed = new Set<string>();
  const follow = (file: string): void => {
    if (needed.has(file)) return;
    needed.add(file);
    for (const [, path] of readFileSync(file, "utf8").matchAll(/ (?:from |import\()"(\.[^"]+)\.ts"/g))
      follow(resolve(dirname(file), `${path}.d.ts`));
  };
  for (const file of globSync("bin/exports/*.d.ts", { cwd: dist })) follow(join(dist, file));
  for (const file of globSync("**/*.d.ts", { cwd: dist }))
    if (!needed.has(join(dist, file))) rmSync(join(dist, file));
}
