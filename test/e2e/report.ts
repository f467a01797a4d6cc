import { readFileSync } from "node:fs";
import { DIFFERENCES, isCase } from "./differences.ts";
import type { TargetKind } from "./target.ts";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly title: string }[];
  }[];
}

/** The result of a run, by vitest's report. */
export interface Outcome {
  /** `N passed, N failed, N skipped`: the last line of the run. */
  readonly line: string;
  /** Skipped cases that exist in no file, so the difference is outdated. */
  readonly unknownCases: readonly string[];
}

/** `isWhole`: all files were run, so a missing case does not exist. */
export function outcomeOf(path: string, target: TargetKind, isWhole: boolean): Outcome {
  const report = JSON.parse(readFileSync(path, "utf8")) as Report;
  // A file that does not load has no failed case.
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  const titles = report.testResults.flatMap((file) => file.assertionResults.map(({ title }) => title));
  const listed = DIFFERENCES.filter((each) => each.target === target).flatMap(({ cases }) => cases);
  const unknownCases = isWhole ? listed.filter((start) => !titles.some((title) => isCase(title, start))) : [];
  const failed = report.numFailedTests + unloaded + unknownCases.length;
  return {
    line: `${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests} skipped`,
    unknownCases,
  };
}
