import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname } from "node:path";
import type { Row } from "./verdicts.ts";

/** The result of one benchmark. */
export interface Result {
  readonly benchmark: string;
  /** RFC 3339; the results of one report can be of different runs. */
  readonly at: string;
  readonly seconds: number;
  readonly rows: readonly Row[];
  /** The parts that this machine cannot measure, each with its reason. */
  readonly leftOut?: readonly string[];
  /** Why it could not run. */
  readonly error?: string;
}

export interface Report {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly results: readonly Result[];
}

export function reportOf(results: readonly Result[]): Report {
  const processors = cpus();
  return { node: process.version, cpu: processors[0]?.model ?? "unknown", cores: processors.length, results };
}

/** Saves the report; other benchmarks keep their results. */
export async function keepReport(file: string, report: Report): Promise<void> {
  const fresh = new Set(report.results.map(({ benchmark }) => benchmark));
  const before = await readFile(file, "utf8").then(
    (text) => (JSON.parse(text) as Report).results,
    () => [],
  );
  const results = [...before.filter(({ benchmark }) => !fresh.has(benchmark)), ...report.results];
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ ...report, results }, null, 2)}\n`);
}
