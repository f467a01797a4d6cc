import { expect, test } from "vitest";
import {
  type Mutant,
  type MutationReport,
  scoreOf,
  survivorsOf,
  tableOf,
} from "../../labs/mutation/scores.ts";

const mutant = (status: string, line = 1): Mutant => ({
  status,
  mutatorName: "EqualityOperator",
  replacement: "a <= b",
  location: { start: { line, column: 8 }, end: { line, column: 13 } },
});
const report: MutationReport = {
  files: {
    "b.ts": {
      source: "return a < b;\nreturn a < c;",
      mutants: [mutant("Survived", 2), mutant("NoCoverage")],
    },
    "a.ts": { source: "return a < b;", mutants: [mutant("Killed"), mutant("Timeout"), mutant("Ignored")] },
  },
};

test.each<[readonly string[], number]>([
  [["Killed", "Timeout"], 100],
  [["Killed", "Survived"], 50],
  [["Killed", "NoCoverage", "Survived", "Survived"], 25],
  [["Killed", "Ignored", "CompileError", "RuntimeError"], 100],
  [[], 100],
])("of %o the score is %i", (statuses, score) => {
  expect(scoreOf(statuses.map((status) => mutant(status)))).toBe(score);
});

test("undetected mutants are listed with their location and both texts", () => {
  expect(survivorsOf(report)).toEqual([
    "b.ts:1  EqualityOperator  a < b → a <= b",
    "b.ts:2  EqualityOperator  a < c → a <= b",
  ]);
});

test("the table has a row for each file and one in total", () => {
  expect(tableOf(report)).toEqual([
    " score  noticed  missed",
    "100.0 %       2       0  a.ts",
    "  0.0 %       0       2  b.ts",
    " 50.0 %       2       2  in total",
  ]);
});
