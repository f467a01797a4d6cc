import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createReporter } from "../../lib/demo/scenario-reporter.ts";
import { hostileText, unprintableIn } from "../fixtures/unprintable.ts";

test("K13: the demo prints any text without control or bidi characters", () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      let printed = "";
      const reporter = createReporter(
        (part) => {
          printed += part;
        },
        () => 0,
      );

      reporter.section(text);
      reporter.log(text);
      reporter.check(text, false, text);

      // Only the colors of the demo remain as sequences.
      expect(unprintableIn(stripVTControlCharacters(printed))).toEqual([]);
      expect(printed.split("\n").length).toBeGreaterThan(3);
    }),
  );
});

test("K13: the demo escapes a foreign color", () => {
  let printed = "";
  createReporter(
    (part) => {
      printed += part;
    },
    () => 0,
  ).log("\u001b[32m✔ forged");

  expect(printed).toContain("\\u{1b}[32m✔ forged");
});
