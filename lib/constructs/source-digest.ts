import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The sources of the stacks and their functions. */
const SOURCES = [
  "bin/scripts/app-script.ts",
  "lib/*.ts",
  "lib/{settings,stacks,constructs}/**/*.ts",
  "functions/**/*.{ts,js,json}",
  "cdk.json",
  "package-lock.json",
];

/** 16 characters that change with the code of a deployment, not with its settings. */
export function sourceDigest(root = join(import.meta.dirname, "..")): string {
  const hash = createHash("sha256");
  for (const file of globSync(SOURCES, { cwd: root }).sort())
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(root, file)))
      .update("\0");
  return hash.digest("hex").slice(0, 16);
}
