import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { closureOf, kindsOf } from "../labs/closure.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("a closure follows value imports once, and dynamic ones only where asked", () => {
  const root = temporaryFolder();
  const write = (name: string, ...lines: string[]) =>
    writeFileSync(join(root, name), `${lines.join("\n")}\n`);
  write(
    "entry.ts",
    'import { a } from "./a.ts";',
    'import type { T } from "./types.ts";',
    'import("./late.ts");',
  );
  write("a.ts", "import {", "  type T,", "  b,", '} from "./b.ts";');
  write("b.ts", 'import { a } from "./a.ts";');
  write("late.ts", "export {};");
  write("types.ts", "export type T = 1;");

  expect(closureOf(root, ["entry.ts"], false)).toMatchObject({ files: 3, lines: 8 });
  expect(closureOf(root, ["entry.ts"], true).list.map(({ file }) => file)).toEqual([
    "a.ts",
    "b.ts",
    "entry.ts",
    "late.ts",
  ]);
});

test("a line is code, a type, a comment, an import or blank", () => {
  const text = `import {
  a,
} from "./a.ts";

/** One. */
export interface One {
  /** Its text. */
  readonly text: string;
}
type Two =
  | { readonly a: string }
  | { readonly b: string };
export function three() {
  // Why.
  return a;
}
`;

  expect(kindsOf(text).join(" ")).toBe(
    "imports imports imports blank comments types types types types types types types code comments code code",
  );
});
