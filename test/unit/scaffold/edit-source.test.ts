import { describe, expect, test } from "vitest";
import {
  addElement,
  addImport,
  addProperty,
  importsOf,
  PlaceNotFound,
  removeElement,
  removeImport,
} from "../../../lib/scaffold/edit-source.ts";

const source = (text: string) => ({ path: "some/list.ts", text });
/** Without white space, which the formatter decides. */
const compact = (text: string) => text.replaceAll(/\s+/g, "");

describe("addElement", () => {
  test.each([
    ["an empty array", "const L = [];", "const L = [x,];"],
    ["a last element without a comma", "const L = [a, b];", "const L = [a, b, x,];"],
    ["a last element with a comma", "const L = [\n  a,\n];", "const L = [a, x,];"],
    [
      "as const satisfies",
      "export const L = [a] as const satisfies T;",
      "export const L = [a, x,] as const satisfies T;",
    ],
    ["characters outside of ASCII in front", "// “𝒳” ×\nconst L = [a];", "// “𝒳” ×\nconst L = [a, x,];"],
    ["a bracket in a string", 'const L = ["]", f(["["])];', 'const L = ["]", f(["["]), x,];'],
    [
      "a list of the same name in a function",
      "const f = () => { const L = [b]; };\nconst L = [a];",
      "const f = () => { const L = [b]; };\nconst L = [a, x,];",
    ],
  ])("appends behind %s", (_, before, after) => {
    expect(compact(addElement("L", "x")(source(before)))).toBe(compact(after));
  });

  test("leaves comments at their elements", () => {
    const text = addElement("L", "x")(source("const L = [\n  a, // about a\n  // the last\n];"));

    expect(text).toBe("const L = [\n  a, // about a\n  // the last\nx,\n];");
  });

  test.each([
    ["no such variable", "const M = [];"],
    ["another kind of value", "const L = {};"],
    ["a list that is computed", "const L = make([a]);"],
    ["a list in a function alone", "function f() { const L = [a]; }"],
  ])("rejects %s, names the file and shows the text to add", (_, text) => {
    expect(() => addElement("L", "x")(source(text))).toThrow(PlaceNotFound);
    expect(() => addElement("L", "x")(source(text))).toThrow(
      /^some\/list\.ts holds no array "L".*by hand:\nx$/,
    );
  });

  test("rejects a file with an error of syntax", () => {
    expect(() => addElement("L", "x")(source("const L = [;"))).toThrow(
      /^some\/list\.ts has an error of syntax/,
    );
  });
});

describe("removeElement", () => {
  test.each([
    ["the only element", "const L = [x];", "const L = [];"],
    ["the first element", "const L = [x, a];", "const L = [a];"],
    ["the last element with a comma", "const L = [\n  a,\n  x,\n] as const;", "const L = [a,] as const;"],
    ["no element that begins alike", "const L = [xy, x, f(x)];", "const L = [xy, f(x)];"],
    ["characters outside of ASCII in front", "// “𝒳” ×\nconst L = [a, x];", "// “𝒳” ×\nconst L = [a,];"],
  ])("removes %s", (_, before, after) => {
    expect(compact(removeElement("L", "x")(source(before)))).toBe(compact(after));
  });

  test.each(["const L = [a];", "const L = {};", "const M = [x];"])(
    "rejects %s, and names the file and the element",
    (text) => {
      expect(() => removeElement("L", "x")(source(text))).toThrow(PlaceNotFound);
      expect(() => removeElement("L", "x")(source(text))).toThrow(
        /^some\/list\.ts holds no array "L" with x\./,
      );
    },
  );
});

test("removeImport removes the imports from a module, and importsOf names what is imported", () => {
  const text = 'import { a } from "./a.ts";\nimport { b as c, type D } from "./b.ts";\nimport "./e.ts";\n';

  expect(removeImport("./b.ts")(source(text))).toBe('import { a } from "./a.ts";\nimport "./e.ts";\n');
  expect(removeImport("./f.ts")(source(text))).toBe(text);
  expect([...importsOf(source(text))]).toEqual([
    ["./a.ts", ["a"]],
    ["./b.ts", ["c", "D"]],
    ["./e.ts", []],
  ]);
});

test("addProperty appends to the object of a variable", () => {
  const text = 'const T = {\n  A: { b: "}" }, // about A\n} as const satisfies R;';

  expect(compact(addProperty("T", "C: 1")(source(text)))).toBe(
    compact('const T = {\n  A: { b: "}" }, // about A\nC: 1,\n} as const satisfies R;'),
  );
  expect(() => addProperty("T", "C: 1")(source("const T = [];"))).toThrow(/no object "T"/);
});

test("addImport adds a statement behind the last import", () => {
  const text = 'import {\n  a,\n} from "a";\nimport type { B } from "b";\n\nconst c = 1;\n';

  expect(addImport('import { d } from "d";')(source(text))).toBe(
    'import {\n  a,\n} from "a";\nimport type { B } from "b";\nimport { d } from "d";\n\nconst c = 1;\n',
  );
});
