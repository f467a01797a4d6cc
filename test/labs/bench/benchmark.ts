/** A number that a run measured, with the text that says what of. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `x` for ratios, `ms`, `µs`, `KB`, `/s`; empty for counts. */
  readonly unit: string;
  /** How it was got, where the name does not tell. */
  readonly note?: string;
}

/** What one figure is to reach. A benchmark that has not measured it could not run. */
export type Aim =
  | { readonly figure: string; readonly atMost: number }
  | { readonly figure: string; readonly atLeast: number };

/** One benchmark. Every figure comes out of the run itself, ratios out of the same process or the same minute. */
export interface Benchmark {
  readonly name: string;
  /** One sentence for `--help` and the heading of its table. */
  readonly about: string;
  readonly aims: readonly Aim[];
  /** Rejects only when it could not be measured; a slow result is a result. */
  run(progress: Progress): Promise<readonly Figure[]>;
}

/** Told in a few words what is being measured now. */
export type Progress = (text: string) => void;
