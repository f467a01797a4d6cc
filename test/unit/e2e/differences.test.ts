import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { DIFFERENCES, differencesTable, isCase, skippedBecause } from "../../e2e/differences.ts";

it("the page of the suite has the table of differences", () => {
  expect(readFileSync("test/e2e/README.md", "utf8")).toContain(differencesTable());
});

it("every difference has a description and a reason that fit into a table", () => {
  for (const { what, reason } of DIFFERENCES) {
    for (const text of [what, reason]) expect(text).toMatch(/^[A-Z`][^|\n]+\.$/);
  }
});

it.each([
  ["aws", "H1: each of an order's mails is sent once, twice", true],
  ["aws", "J1, I19: the address is in the order row and the mail, and nowhere else", true],
  ["ministack", "each of an order's mails is sent once", false],
  ["emulator", "each of an order's mails is sent once", false],
] as const)("on %s the case %j is skipped: %s", (target, title, isSkipped) => {
  expect(skippedBecause(target, title) !== undefined).toBe(isSkipped);
});

it("a title is compared by its start after the ids", () => {
  expect(isCase("B14, I11: three poisons among ten", "three poisons")).toBe(true);
  expect(isCase("among three poisons", "three poisons")).toBe(false);
});
