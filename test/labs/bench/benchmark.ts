/** A measured number and its name. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `x` for ratios, `ms`, `µs`, `KB`, `/s`; empty for counts. */
  readonly unit: string;
  /** How it was measured, where the name is not enough. */
  readonly note?: string;
}

/** The target of one figure. A benchmark that did not measure it failed. */
export type Aim =
  | { readonly figure: string; readonly atMost: number }
  | { readonly figure: string; readonly atLeast: number };

/** One benchmark. All figures are measured in the run; ratios in one process or one minute. */
export interface Benchmark {
  readonly name: string;
  /** One sentence for `--help` and the heading of its table. */
  readonly about: string;
  readonly aims: readonly Aim[];
  /** Rejects only when it could not be measured; a slow result is a result. */
  run(progress: Progress, leaveOut: LeaveOut, options: BenchOptions): Promise<readonly Figure[]>;
}

/** What the command line chooses. */
export interface BenchOptions {
  /** Open rows of a full table. */
  readonly rows?: number;
}

/** Reports a part that this machine cannot measure, and why. */
export type LeaveOut = (what: string, why: string) => void;

/** Reports the current measurement in a few words. */
export type Progress = (text: string) => void;
