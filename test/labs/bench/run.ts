import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { scriptFlags } from "../../../lib/script-flags.ts";
import type { Benchmark, BenchOptions, LeaveOut } from "./benchmark.ts";
import { COUNTED, calls, KEPT } from "./calls.ts";
import { coldStart } from "./cold-start.ts";
import { consumerCost } from "./consumer-cost.ts";
import { failedMessages } from "./failed-messages/failed-messages.ts";
import { hotStock } from "./hot-stock/hot-stock.ts";
import { imports } from "./imports.ts";
import { kafkaCost } from "./kafka-cost.ts";
import { kafkaThroughput } from "./kafka-throughput.ts";
import { lanes } from "./lanes.ts";
import { permissionChecks } from "./permission-checks.ts";
import { rabbit } from "./rabbitmq.ts";
import { redriveLoad } from "./redrive-load.ts";
import { keepReport, type Result, reportOf } from "./report.ts";
import { startUp } from "./start-up.ts";
import { throughput } from "./throughput.ts";
import { judge, tableOf } from "./verdicts.ts";

/** `npm run bench`: measures the project's claims about its speed. */
const BENCHMARKS: readonly Benchmark[] = [
  consumerCost,
  kafkaCost,
  lanes,
  calls,
  throughput,
  hotStock,
  kafkaThroughput,
  rabbit,
  redriveLoad,
  failedMessages,
  permissionChecks,
  imports,
  coldStart,
  startUp,
];
const REPORT = fileURLToPath(new URL("../../../reports/bench.json", import.meta.url));
const NAME_WIDTH = Math.max(...BENCHMARKS.map(({ name }) => name.length)) + 2;
/** Longer benchmarks print their progress. */
const QUIET_MS = 2_000;

const HELP = `npm run bench -- [flags]: measures speed and cost

${BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(NAME_WIDTH)}${about}`).join("\n")}

  --only NAME   runs one benchmark; repeatable
  --write       keeps the counted calls in test/labs/bench/calls.json, from which cost and capacity are computed
  --rows N      open rows of failed-messages; without it, as many as are stored in three minutes
  --json        prints only the results, as JSON
  --help        this text

Each aim is marked PASS or MISS. The exit code is 0 also with a MISS, 1 when a benchmark failed to run, 3 when
a flag is wrong. Results: reports/bench.json.
`;

async function main(
  chosen: readonly Benchmark[],
  { json, write, ...options }: BenchOptions & { readonly json: boolean; readonly write: boolean },
): Promise<void> {
  const results: Result[] = [];
  for (const benchmark of chosen) {
    const result = await resultOf(benchmark, options);
    results.push(result);
    if (json) continue;
    const { rows, error, leftOut = [] } = result;
    const lines = error === undefined ? [...tableOf(rows), ...leftOut] : [`could not run: ${error}`];
    const heading = `${benchmark.name}: ${benchmark.about} (${result.seconds.toFixed(0)} s)`;
    process.stdout.write(`\n${heading}\n${lines.map((line) => `  ${line}`).join("\n")}\n`);
  }
  const report = reportOf(results);
  await keepReport(REPORT, report);
  const counted = results.find(({ benchmark }) => benchmark === calls.name);
  if (write && counted !== undefined && counted.error === undefined) await copyFile(COUNTED, KEPT);
  const verdicts = results.flatMap(({ rows }) => rows.flatMap(({ verdict }) => verdict ?? []));
  const failed = results.filter(({ error }) => error !== undefined);
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else {
    const count = (verdict: string) => verdicts.filter((each) => each === verdict).length;
    process.stdout.write(
      `\n${count("PASS")} PASS, ${count("MISS")} MISS` +
        `${failed.length === 0 ? "" : `, ${failed.length} could not run`}; kept in reports/bench.json\n`,
    );
  }
  process.exitCode = failed.length === 0 ? 0 : 1;
}

async function resultOf(benchmark: Benchmark, options: BenchOptions): Promise<Result> {
  const at = new Date().toISOString();
  const started = performance.now();
  const leftOut: string[] = [];
  const leaveOut: LeaveOut = (what, why) => void leftOut.push(`left out: ${what}: ${why}`);
  const outcome = (rest: Pick<Result, "rows" | "error" | "leftOut">): Result => {
    return { benchmark: benchmark.name, at, seconds: (performance.now() - started) / 1_000, ...rest };
  };
  const progress = (text: string) => {
    if (performance.now() - started > QUIET_MS) process.stderr.write(`${benchmark.name}: ${text} …\n`);
  };
  try {
    const rows = judge(benchmark, await benchmark.run(progress, leaveOut, options));
    return outcome(leftOut.length === 0 ? { rows } : { rows, leftOut });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return outcome({ rows: [], error: text });
  }
}

function flags(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      rows: { type: "string" },
    },
  });
  const names = BENCHMARKS.map(({ name }) => name);
  const unknown = values.only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`There is no benchmark "${unknown}"; there are ${names.join(", ")}.`);
  }
  if (values.write && values.only.length > 0 && !values.only.includes(calls.name))
    throw new RangeError(`--write keeps the counted calls, so it needs --only ${calls.name}.`);
  const { rows, ...rest } = values;
  if (rows === undefined) return rest;
  if (!/^[1-9]\d{0,7}$/.test(rows)) throw new RangeError(`--rows takes a number; received ${rows}`);
  return { ...rest, rows: Number(rows) };
}

const { only, ...options } = scriptFlags(HELP, flags);
await main(
  BENCHMARKS.filter(({ name }) => only.length === 0 || only.includes(name)),
  options,
);
