import type { Aim, Benchmark, Figure } from "./benchmark.ts";

export type Verdict = "PASS" | "MISS";

/** A figure with its aim, if any. */
export interface Row extends Figure {
  readonly aim?: string;
  readonly verdict?: Verdict;
}

/** Compares figures with aims. Throws where a figure with an aim was not measured. */
export function judge({ name, aims }: Benchmark, figures: readonly Figure[]): Row[] {
  const missing = aims.filter((aim) => !figures.some((figure) => figure.name === aim.figure));
  if (missing.length > 0) {
    throw new Error(`${name} measured nothing for: ${missing.map(({ figure }) => figure).join("; ")}`);
  }
  return figures.map((figure) => {
    const aim = aims.find((candidate) => candidate.figure === figure.name);
    if (aim === undefined) return figure;
    return {
      ...figure,
      aim: aimText(aim, figure.unit),
      verdict: reaches(aim, figure.value) ? "PASS" : "MISS",
    };
  });
}

function reaches(aim: Aim, value: number): boolean {
  return "atMost" in aim ? value <= aim.atMost : value >= aim.atLeast;
}

function aimText(aim: Aim, unit: string): string {
  return "atMost" in aim ? `≤ ${quantity(aim.atMost, unit)}` : `≥ ${quantity(aim.atLeast, unit)}`;
}

/** Three significant digits; whole numbers unchanged. */
export function quantity(value: number, unit: string): string {
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${unit === "" ? "" : ` ${unit}`}`;
}

/** The table of one benchmark, as lines. */
export function tableOf(rows: readonly Row[]): string[] {
  const cells = rows.map(({ name, value, unit, aim = "", verdict = "", note = "" }) => [
    name,
    quantity(value, unit),
    aim,
    verdict,
    note,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) =>
        column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}
