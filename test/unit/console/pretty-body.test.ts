import fc from "fast-check";
import { expect, test } from "vitest";
import { prettyBody } from "../../../lib/operator/console/web/pretty-body.ts";

test.each([
  '{"big":73314510714175488123,"dup":1,"dup":2,"one":1.0}',
  '{"big":73314510714175488123}',
  '{"dup":1,"dup":1}',
  '{"one":1.0}',
  '{"zero":-0}',
  '{"b":1,"1":2}',
  '{"e":"\\u00e9"}',
  '{"__proto__":1,"__proto__":1}',
  "{",
  "",
])("K3: %s is shown unchanged", (body) => {
  expect(prettyBody(body)).toBe(body);
});

test("K3: JSON that a parser keeps unchanged is shown in lines", () => {
  expect(prettyBody('{"a": [1,\t"x  y\\""] }')).toBe('{\n  "a": [\n    1,\n    "x  y\\""\n  ]\n}');
  expect(prettyBody('{"__proto__":1}')).toBe('{\n  "__proto__": 1\n}');
});

test("K3: any JSON is shown as the same JSON", () => {
  fc.assert(
    fc.property(fc.json(), (body) => {
      const shown = prettyBody(body);

      expect(shown === body || JSON.stringify(JSON.parse(shown)) === JSON.stringify(JSON.parse(body))).toBe(
        true,
      );
    }),
  );
});
