/** The part of Stryker's report for the scores: https://github.com/stryker-mutator/mutation-testing-elements */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

export interface Mutant {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: Place; readonly end: Place };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

const NOTICED: ReadonlySet<string> = new Set(["Killed", "Timeout"]);
const MISSED: ReadonlySet<string> = new Set(["Survived", "NoCoverage"]);

/** Percentage of detected mutants; 100 where there are none. */
export function scoreOf(mutants: readonly Mutant[]): number {
  const noticed = mutants.filter(({ status }) => NOTICED.has(status)).length;
  const missed = mutants.filter(({ status }) => MISSED.has(status)).length;
  return noticed + missed === 0 ? 100 : (100 * noticed) / (noticed + missed);
}

/** The undetected mutants, as `file:line  mutator  before → after`. */
export function survivorsOf({ files }: MutationReport): string[] {
  return Object.entries(files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split("\n");
    return mutants
      .filter(({ status }) => MISSED.has(status))
      .sort((a, b) => a.location.start.line - b.location.start.line)
      .map(({ location: { start, end }, mutatorName, replacement = "" }) => {
        const to = end.line === start.line ? end.column - 1 : undefined;
        const before = (lines[start.line - 1] ?? "").slice(start.column - 1, to);
        return `${file}:${start.line}  ${mutatorName}  ${before} → ${replacement.split("\n", 1)[0]}`;
      });
  });
}

/** One line for each file and one for the total. */
export function tableOf({ files }: MutationReport): string[] {
  const rows = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const all = rows.flatMap(([, { mutants }]) => mutants);
  return [
    " score  noticed  missed",
    ...rows.map(([file, { mutants }]) => row(file, mutants)),
    row("in total", all),
  ];
}

function row(name: string, mutants: readonly Mutant[]): string {
  const count = (statuses: ReadonlySet<string>) =>
    String(mutants.filter(({ status }) => statuses.has(status)).length);
  const score = `${scoreOf(mutants).toFixed(1)} %`.padStart(7);
  return `${score}${count(NOTICED).padStart(8)}${count(MISSED).padStart(8)}  ${name}`;
}
