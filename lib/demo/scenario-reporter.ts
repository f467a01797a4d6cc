import { styleText } from "node:util";

/** Tells a story in a terminal and keeps count of what was as it should be. */
export interface Reporter {
  chapter(title: string): void;
  say(text: string): void;
  /** One thing that has to hold; `seen` is what was there instead. */
  check(what: string, holds: boolean, seen?: unknown): void;
  readonly failed: number;
  readonly passed: number;
}

export function reporter(write: (text: string) => void, now: () => number): Reporter {
  const startedAt = now();
  let passed = 0;
  let failed = 0;
  const line = (text: string) => {
    const seconds = ((now() - startedAt) / 1_000).toFixed(1).padStart(6);
    write(`${styleText("dim", `${seconds} s`)}  ${text}\n`);
  };
  return {
    chapter: (title) => write(`\n${styleText("bold", title)}\n`),
    say: line,
    check(what, holds, seen) {
      if (holds) passed += 1;
      else failed += 1;
      const mark = holds ? styleText("green", "✔") : styleText("red", "✘");
      line(`${mark} ${what}${holds ? "" : `: saw ${JSON.stringify(seen)}`}`);
    },
    get passed() {
      return passed;
    },
    get failed() {
      return failed;
    },
  };
}
