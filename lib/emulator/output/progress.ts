/** Reports the steps of a start, and long ones repeatedly. */
export interface Progress {
  /** Begins a step: prints it, and repeats it with its seconds while nothing else is printed. */
  readonly step: (text: string) => void;
  /** Prints a line about the current step. */
  readonly line: (text: string) => void;
  readonly end: () => void;
}

/** The time after which a step without a line is reported again. */
const REPEAT_MS = 3_000;

export function createProgress(print: (text: string) => void, repeatMs = REPEAT_MS): Progress {
  let step = "";
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      print(`${step} ${Math.round((performance.now() - startedAt) / 1000)} s`);
      schedule();
    }, repeatMs);
    timer.unref();
  };
  return {
    step(text) {
      step = text;
      startedAt = performance.now();
      print(text);
      schedule();
    },
    line(text) {
      print(text);
      if (timer !== undefined) schedule();
    },
    end() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
