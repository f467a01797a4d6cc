/**
 * Mutation testing of functions/middleware and functions/domain: changes the code in one small place at a time
 * and runs the unit tests that reach it. A change that no test detects shows a test that cannot fail.
 * `--only <file>` tests one file and lists its surviving mutants. The full report is reports/mutation/index.html.
 * Fails when less than 90 % are killed.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { scriptFlags } from "../../../lib/script-flags.ts";
import { type MutationReport, scoreOf, survivorsOf, tableOf } from "./scores.ts";

const LEAST_SCORE = 90;
const HERE = import.meta.dirname;
const ROOT = join(HERE, "../../..");
const STRYKER = join(HERE, "node_modules/@stryker-mutator/core");

const HELP = `npm run mutation -- [flags]: mutation testing of functions/middleware and the
domain folders by the unit tests; about ten minutes

  --only FILE  tests one file and lists its surviving mutants
  --help       this text

The exit code is 1 when less than ${LEAST_SCORE} % of the mutants are killed, 3 when a flag is wrong.
`;
const values = scriptFlags(HELP, (args) => {
  return parseArgs({ args: [...args], options: { only: { type: "string" } } }).values;
});

if (installedVersion() !== requiredVersion()) {
  console.log("Installing Stryker into test/labs/mutation, about 60 MB; this happens once.");
  run("npm", ["ci", "--prefix", HERE]);
}
console.log("All files take about ten minutes on two cores; Stryker's first estimates are far too long.");
const only = values.only === undefined ? [] : ["--mutate", relative(ROOT, values.only)];
run(process.execPath, [
  join(STRYKER, "bin/stryker.js"),
  "run",
  "test/labs/mutation/stryker.config.json",
  ...only,
]);

const report = JSON.parse(read(join(ROOT, "reports/mutation/mutation.json"))) as MutationReport;
if (values.only !== undefined) console.log(survivorsOf(report).join("\n"));
console.log(tableOf(report).join("\n"));
const score = scoreOf(Object.values(report.files).flatMap(({ mutants }) => mutants));
if (score < LEAST_SCORE) {
  console.error(`Tests detect ${score.toFixed(1)} % of the mutants; at least ${LEAST_SCORE} % are required.`);
  process.exitCode = 1;
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function installedVersion(): string | undefined {
  try {
    return (JSON.parse(read(join(STRYKER, "package.json"))) as { version: string }).version;
  } catch {
    return undefined;
  }
}

function requiredVersion(): string | undefined {
  const { devDependencies } = JSON.parse(read(join(HERE, "package.json"))) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  return devDependencies["@stryker-mutator/core"];
}

function read(path: string): string {
  return readFileSync(path, "utf8");
}
