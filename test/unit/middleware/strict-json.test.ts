import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonFault } from "../../../functions/middleware/json-faults.ts";

describe("K15: jsonFault", () => {
  test.each<[string, string, string, string]>([
    ['{"a":1,"a":1}', "key", "/a occurs twice.", "/a"],
    ['{"a":1,"\\u0061":1}', "key", "/a occurs twice.", "/a"],
    ['{"x":[0,{"a~/b":1,"a~/b" : 1}]}', "key", "/x/1/a~0~1b occurs twice.", "/x/1/a~0~1b"],
    ['{"":1}', "key", "/ is an empty key.", "/"],
    ['{"__proto__":1}', "forbidden key", "/__proto__ is a forbidden key.", "/__proto__"],
    ['[{"\\u005f_proto__":1}]', "forbidden key", "/0/__proto__ is a forbidden key.", "/0/__proto__"],
    ["-0", "number", "The body must not be -0.", ""],
    ['{"a":[1,-0.0e5]}', "number", "/a/1 must not be -0.", "/a/1"],
    ["[[],-1e-400]", "number", "/1 must not be -0.", "/1"],
    ["[1e-400]", "number", "/0 has more digits than a number keeps.", "/0"],
    ["[1.00000000000000001]", "number", "/0 has more digits than a number keeps.", "/0"],
    ["[0.1000000000000000055]", "number", "/0 has more digits than a number keeps.", "/0"],
    ["[9007199254740991.4]", "number", "/0 has more digits than a number keeps.", "/0"],
  ])("%s has a fault", (text, kind, detail, pointer) => {
    expect(jsonFault(text)).toEqual({ kind, detail, pointer });
  });

  test.each(["9007199254740992", "-9007199254740992", "9007199254740993", "1e300", "1e400", "-1e400"])(
    "the integer %s is not safe",
    (number) => {
      expect(jsonFault(`{"a":${number}}`)).toEqual({
        kind: "number",
        detail: "/a must be between -9007199254740991 and 9007199254740991.",
        pointer: "/a",
      });
    },
  );

  test.each([
    "9007199254740991",
    "-9007199254740991",
    "0.1",
    "1e2",
    "1E+2",
    "1.50",
    "-12.5e-3",
    "5e-324",
    "0e5",
    "0.0",
    '{"a":{"a":1},"b":[{"a":1},{"a":1}]}',
    '{"a":"\\"a\\":","b":"-0 1e400 {[,"}',
    "null",
    "[true,false]",
  ])("%s has no fault", (text) => {
    expect(jsonFault(text)).toBeUndefined();
  });

  test("64 levels are the maximum", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

    expect(jsonFault(nested(64))).toBeUndefined();
    expect(jsonFault(nested(65))).toEqual({
      kind: "depth",
      detail: "The body has more than 64 levels.",
      pointer: "",
    });
    expect(jsonFault(nested(100_000))?.kind).toBe("depth");
  });

  test("accepts what JSON.stringify writes of safe numbers and distinct keys, and refuses any repeated key", () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.maxSafeInteger().filter((n) => !Object.is(n, -0)),
        fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((n) => n || 0),
        fc.array(tie("tree")),
        fc.dictionary(fc.string({ minLength: 1 }), tie("tree")),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.string({ minLength: 1 }), (value, key) => {
        fc.pre(key !== "__proto__" && !JSON.stringify(value).includes('"__proto__":'));
        const name = JSON.stringify(key);
        const text = JSON.stringify(value);
        expect(jsonFault(text)).toBeUndefined();
        expect(jsonFault(`[{${name}:1,${name}:${text}}]`)?.kind).toBe("key");
      }),
    );
  });
});
