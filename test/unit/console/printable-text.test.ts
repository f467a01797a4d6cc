import fc from "fast-check";
import { Fragment, h, options } from "preact";
import { afterAll, beforeAll, expect, test } from "vitest";
import { escapeTexts } from "../../../lib/operator/console/web/page/printable-text.ts";
import { hostileText, unprintableIn } from "../../fixtures/unprintable.ts";

const { vnode } = options;
beforeAll(escapeTexts);
afterAll(() => {
  if (vnode === undefined) delete options.vnode;
  else options.vnode = vnode;
});

const childrenOf = (node: unknown) => (node as { props: { children: unknown } }).props.children;

test("K13: no text of the page holds a control or bidi character", () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const nodes = [
        h("pre", null, text),
        h("li", null, "by ", text, [text, [text]]),
        h(Fragment, null, text),
      ];

      for (const node of nodes) expect(unprintableIn(JSON.stringify(childrenOf(node)))).toEqual([]);
    }),
  );
});

test("K13: lines and tabs, numbers and the value of an input stay as they are", () => {
  const onInput = () => {};

  expect(childrenOf(h("pre", null, "a\n\tb"))).toBe("a\n\tb");
  expect(childrenOf(h("b", null, 7))).toBe(7);
  expect(h("textarea", { value: "\u202e", onInput }).props).toMatchObject({ value: "\u202e", onInput });
});
