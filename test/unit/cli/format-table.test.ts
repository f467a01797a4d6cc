import fc from "fast-check";
import { expect, test } from "vitest";
import { table } from "../../../lib/operator/cli/format-table.ts";

const KEY = "order-created~0123456789abcdefghijklmnop:1:order.created";
const row = [KEY, "RETRIES_EXHAUSTED", 20, "x".repeat(200)];
const headers = ["KEY", "REASON", "FAILED", "ERROR"];
const longest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

test("a table for a file has whole cells, one for a terminal cells of 70 characters at most, and whole keys", () => {
  const text = table(headers, [[`${KEY}${"y".repeat(80)}`, ...row.slice(1)]], undefined);

  expect(text).toContain(`${KEY}${"y".repeat(80)} `);
  expect(text).toContain(`${"x".repeat(200)}\n`);
  expect(table(headers, [row], 1_000)).toContain(`${"x".repeat(69)}…\n`);
});

test("a table fits a terminal wide enough for its key and the narrowest cells", () => {
  fc.assert(
    fc.property(fc.integer({ min: 110, max: 300 }), (columns) => {
      const text = table(headers, [row], columns);

      expect(longest(text)).toBeLessThanOrEqual(columns);
      expect(text).toContain(KEY);
      expect(text).toContain("RETRIES_EX");
    }),
  );
});

test("a terminal that is too narrow still gets the whole key", () => {
  expect(table(headers, [row], 20)).toContain(KEY);
});

test("a narrow terminal gets whole ids and times, without the last columns", () => {
  const job = "7afd5bd1-776f-4888-bfcf-04fed7561d65";
  const started = "2026-11-30T00:10:57.999Z";
  const cells = [job, "undo", "DONE", started, "c".repeat(20)];
  const names = ["JOB", "ACT", "STATUS", "STARTED", "WHY"];

  expect(table(names, [cells], 60)).toBe(`JOB${" ".repeat(35)}ACT   STATUS\n${job}  undo  DONE\n`);
  expect(table(names, [cells], 90)).toContain(`${job}  undo  DONE    ${started}  ccccccccccc…\n`);
});

test("no column is left out where even the first two do not fit", () => {
  expect(table(headers, [row], KEY.length)).toContain(`${KEY}  RETRIES…  20      xxxxxxx…\n`);
});
