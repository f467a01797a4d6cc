import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { strictJson } from "../../../functions/middleware/strict-json.ts";
import { hostileName } from "../../fixtures/hostile-names.ts";

const fault = (detail: string, pointer: string) => ({ kind: "fault", detail, pointer });

describe("K3: strict JSON", () => {
  test.each(["", "{", "{'a':1}", '{"a":1}}', "\ufeff{}", "undefined"])(
    "refuses %o, which is no JSON",
    (text) => {
      expect(strictJson(text)).toEqual(fault("The body is not valid JSON.", ""));
    },
  );

  test.each([
    ['{"dup":1,"dup":2}', "/dup", "stands twice in its object"],
    ['{"a":[{"b":1},{"b":{"c":1,"\\u0063":2}}]}', "/a/1/b/c", "stands twice in its object"],
    ['{"__proto__":1,"__proto__":2}', "/__proto__", "stands twice in its object"],
    ['{"":1,"":2}', "/", "stands twice in its object"],
    ['{"a/b":{"~":-0}}', "/a~1b/~0", "must not be -0"],
    ["[0,-0.0e5]", "/1", "must not be -0"],
    ['{"big":73314510714175488123}', "/big", "is a number beyond 2^53 - 1"],
    ["[[1],[9007199254740992]]", "/1/0", "is a number beyond 2^53 - 1"],
    ["-1e400", "", "is a number beyond 2^53 - 1"],
    ['{"a":"\\ud800"}', "/a", "holds a lone surrogate"],
    ['{"\\udc00":1}', "/\ufffd", "holds a lone surrogate"],
    ['"\\ud800"', "", "holds a lone surrogate"],
  ])("refuses %s", (text, pointer, complaint) => {
    const where = pointer === "" ? "The body" : pointer;

    expect(strictJson(text)).toEqual(fault(`${where} ${complaint}.`, pointer));
  });

  test.each([
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}],"d":"a","e":"{\\"a\\":-0,\\"a\\":1}"}',
    ' { "one" : 1.0 , "max":9007199254740991,"min":-9007199254740991,"small":-1e-7,"zero":0 } ',
    '{"pair":"\\ud83d\\ude00","escaped":"\\\\","":1}',
    "null",
  ])("accepts %s", (text) => {
    expect(strictJson(text)).toEqual({ kind: "value", value: JSON.parse(text) });
  });

  test("accepts whatever JSON.stringify writes of safe values, whatever the keys", () => {
    const leaf = fc.oneof(fc.integer(), fc.string({ unit: "grapheme" }), fc.boolean(), fc.constant(null));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("tree"), { maxLength: 4 }),
        fc
          .array(fc.tuple(hostileName, tie("tree")), { maxLength: 4 })
          .map((pairs) => Object.fromEntries(pairs)),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent).toWellFormed();

        expect(strictJson(text)).toEqual({ kind: "value", value: JSON.parse(text) });
      }),
    );
  });
});
