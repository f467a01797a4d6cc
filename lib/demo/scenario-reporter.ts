import { styleText } from "node:util";
import { printable } from "../terminal-text.ts";

/** Prints the steps of a scenario and counts its checks. */
export interface Reporter {
  section(title: string): void;
  log(text: string): void;
  /** Reports a check as passed or failed; `actual` is printed when it failed. */
  check(expectation: string, holds: boolean, actual?: unknown): void;
  readonly failed: number;
  readonly passed: number;
}

export function createReporter(write: (text: string) => void, now: () => number): Reporter {
  const startedAt = now();
  let passed = 0;
  let failed = 0;
  const print = (text: string) => {
    const seconds = ((now() - startedAt) / 1_000).toFixed(1).padStart(6);
    write(`${styleText("dim", `${seconds} s`)}  ${text}\n`);
  };
  return {
    section: (title) => write(`\n${styleText("bold", printable(title))}\n`),
    log: (text) => print(printable(text)),
    check(expectation, holds, actual) {
      if (holds) passed += 1;
      else failed += 1;
      const mark = holds ? styleText("green", "✔") : styleText("red", "✘");
      const received = holds ? "" : `: received ${JSON.stringify(actual)}`;
      print(`${mark} ${printable(expectation + received)}`);
    },
    get passed() {
      return passed;
    },
    get failed() {
      return failed;
    },
  };
}
