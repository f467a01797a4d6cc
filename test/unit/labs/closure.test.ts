import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { closureOf } from "../../labs/closure.ts";

const root = mkdtempSync(join(tmpdir(), "closure-"));
const TREE: Readonly<Record<string, string>> = {
  "entry.ts": 'import { a } from "./a.ts";\nimport type { T } from "./types.ts";\nimport "node:fs";\n',
  "a.ts": 'import {\n  b,\n} from "./b.ts";\nimport "../outside.ts";\nawait import("./late.ts");\n',
  "b.ts": 'export { c } from "./c.ts";\nexport { a } from "./a.ts";\n',
  "c.ts": 'export type { T } from "./types.ts";\n',
  "late.ts": 'import { c } from "./c.ts";\n',
  "types.ts": "export type T = string;\n",
};
for (const [name, text] of Object.entries(TREE)) writeFileSync(join(root, name), text);
afterAll(() => rmSync(root, { recursive: true }));

test("closureOf follows value imports once and skips types, packages and files outside the root", () => {
  const closure = closureOf(root, ["entry.ts"], false);

  expect(closure).toEqual({ files: 4, lines: 11, list: { "a.ts": 5, "b.ts": 2, "c.ts": 1, "entry.ts": 3 } });
});

test("closureOf with dynamic imports includes files that import() loads", () => {
  const closure = closureOf(root, ["entry.ts"], true);

  expect(closure).toMatchObject({ files: 5, lines: 12, list: { "late.ts": 1 } });
});
