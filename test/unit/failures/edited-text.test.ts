import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textFault } from "../../../functions/failures/operators/edit-message.ts";

describe("K3: the text of an edited body", () => {
  test.each(["", "{", "{'a':1}", '{"a":1}}', "\ufeff{}", "undefined"])("%o is not JSON", (text) => {
    expect(textFault(text)).toEqual({ detail: "The body is not valid JSON.", pointer: "/body" });
  });

  test.each([
    ['{"dup":1,"dup":2}', "/dup"],
    ['{"a":[{"b":1},{"b":{"c":1,"\\u0063":2}}]}', "/a/1/b/c"],
    ['{"a/b":{"~":-0}}', "/a~1b/~0"],
    ["[0,-0.0e5]", "/1"],
    ['{"big":73314510714175488123}', "/big"],
    ["[[1],[9007199254740992]]", "/1/0"],
    ["-1e400", ""],
    ['{"a":["x","\\ud800"]}', "/a/1"],
    ['{"a":{"\\udc00":1}}', "/a/\ufffd"],
    ['"\\ud800"', ""],
  ])("%s is refused at %s", (text, pointer) => {
    const fault = textFault(text);

    expect(fault?.pointer).toBe(`/body${pointer}`);
    expect(fault?.detail).toMatch(pointer === "" ? /^The body / : /^\//);
  });

  test.each([
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}],"d":"a","e":"{\\"a\\":-0,\\"a\\":1}"}',
    ' { "one" : 1.0 , "max":9007199254740991,"min":-9007199254740991,"small":-1e-7,"zero":0 } ',
    '{"pair":"\\ud83d\\ude00","constructor":1,"toString":1}',
    "null",
  ])("%s is accepted", (text) => {
    expect(textFault(text)).toBeUndefined();
  });

  test("any text never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: "binary" })), (text) => {
        expect(() => textFault(text)).not.toThrow();
      }),
    );
  });
});
