import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePage } from "../../lib/operator/console/server/build-page.ts";
import { noFlags, scriptFlags } from "../../lib/script-flags.ts";
import { onClosedOutput } from "../../lib/terminal.ts";

const HELP = `npm run build: compiles the package into dist/

  --help, -h  prints this text

Example:  npm run build && npm pack

Exit code: 0 when dist/ is complete, 1 where the compiler reports an error, 3 for an unknown flag.
`;

/** Files of the package that are not compiled. */
const COPIED = ["lib/emulator/runtime/bootstrap.mjs", "functions/contract/validators.js"];

onClosedOutput();
scriptFlags(HELP, noFlags);
const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "dist");
rmSync(dist, { recursive: true, force: true });
try {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  for (const file of COPIED) cpSync(join(root, file), join(dist, file));
  await bundlePage(join(dist, "lib/operator/console/page"));
} catch (error) {
  // The compiler has printed its errors.
  if (!(error instanceof Error && "status" in error)) throw error;
  process.exitCode = 1;
}
