import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the stacks and their functions are made from. */
const SOURCES = [
  "bin/app.ts",
  "lib/*.ts",
  "lib/{settings,stacks,constructs}/**/*.ts",
  "functions/**/*.{ts,js,json}",
  "cdk.json",
  "package-lock.json",
];

/** 16 characters that are others wherever the code of a deployment is; its settings do not count. */
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
