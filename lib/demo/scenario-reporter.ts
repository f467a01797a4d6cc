import { styleText } from "node:util";

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
  const log = (text: string) => {
    const seconds = ((now() - startedAt) / 1_000).toFixed(1).padStart(6);
    write(`${styleText("dim", `${seconds} s`)}  ${text}\n`);
  };
  return {
    section: (title) => write(`\n${styleText("bold", title)}\n`),
    log,
    check(expectation, holds, actual) {
      if (holds) passed += 1;
      else failed += 1;
      const mark = holds ? styleText("green", "✔") : styleText("red", "✘");
      log(`${mark} ${expectation}${holds ? "" : `: received ${JSON.stringify(actual)}`}`);
    },
    get passed() {
      return passed;
    },
    get failed() {
      return failed;
    },
  };
}
