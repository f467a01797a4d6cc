/**
 * `npm test`: lint, types, the tiers of tests but the heavy ones, faults, contract, synth. Runs all steps, also after a failure, and
 * ends with the line `N passed, N failed` (a step without tests counts as one).
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { noFlags, scriptFlags } from "../lib/script-flags.ts";
import { useRunFolder } from "./temporary-folder.ts";

const HELP = `npm test: lint, types, the tiers of tests that need nothing besides npm ci, faults, contract, synth

  --help  this text

Prints the slowest test files, and the suites that it leaves to .ci/run, each with a script test:<suite>.
One tier:  npm run test:unit, test:component, … (package.json). The exit code is 0 when nothing failed, 1 otherwise.
`;

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** The fields of vitest's JSON report that are used. Times are in milliseconds. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
  }[];
}

/** Projects of vitest with their own script, `test:<name>`, which `.ci/run` runs. */
const LEFT_OUT = {
  "e2e-emulator": "breaks emulators of its own",
  conformance: "waits for visibility time-outs",
  scripts: "starts every script",
  model: "long lists of commands",
  "any-app": "synthesizes apps",
  "one-more-consumer": "the rules of the stacks once more",
  package: "builds and installs the package",
  tutorial: "checks a copy of the project",
  mutants: "mutants of the simulation",
  kafka: "needs a broker",
  rabbitmq: "needs a broker",
  console: "needs a browser",
};

const REPORT = "reports/vitest.json";
const SLOWEST = 10;
const BIN = "node_modules/.bin";

/** Runs a command with its output, and returns the exit code. */
function run(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(`${BIN}/${command}`, args, { stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

async function check(command: string, ...args: readonly string[]): Promise<Tally> {
  const code = await run(command, args);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

function printSlowest({ testResults }: Report): void {
  const files = testResults
    .map(({ name, startTime, endTime }) => ({
      file: relative(process.cwd(), name),
      seconds: (endTime - startTime) / 1000,
    }))
    .toSorted((left, right) => right.seconds - left.seconds);
  console.log("\nslowest test files, in seconds:");
  for (const { file, seconds } of files.slice(0, SLOWEST))
    console.log(`${seconds.toFixed(1).padStart(7)}  ${file}`);
}

async function tests(): Promise<Tally> {
  rmSync(REPORT, { force: true });
  const code = await run("vitest", [
    "run",
    ...Object.keys(LEFT_OUT).map((name) => `--project=!${name}`),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${REPORT}`,
  ]);
  if (!existsSync(REPORT)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(REPORT, "utf8")) as Report;
  const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests } = report;
  printSlowest(report);
  console.log(
    `\nleft to .ci/run: ${Object.entries(LEFT_OUT)
      .map(([name, why]) => `${name} (${why})`)
      .join(", ")}`,
  );
  // A file that does not load, or an error outside of tests, has no failed test.
  const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests;
  return { passed, failed, skipped: numPendingTests + numTodoTests };
}

const STEPS: Readonly<Record<string, () => Promise<Tally>>> = {
  lint: () => check("biome", "check", "--error-on-warnings", "."),
  types: () => check("tsc"),
  // The console's page and its tests have the globals of a browser.
  "types of the page": () => check("tsc", "-p", "lib/operator/console/web"),
  "types of its tests": () => check("tsc", "-p", "test/console"),
  tests,
  // Each fault has a test with its id, or a reason.
  faults: () => check("node", "test/faults.ts"),
  // Nothing breaks what was released.
  contract: () => check("node", "lib/describe/contract-check.ts"),
  synth: () => check("cdk", "synth", "--quiet"),
};

scriptFlags(HELP, noFlags);
useRunFolder();
mkdirSync("reports", { recursive: true });
const total: Tally = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];
for (const [name, step] of Object.entries(STEPS)) {
  const startedAt = Date.now();
  console.log(`\n── ${name}`);
  const tally = await step();
  console.log(
    `── ${name}: ${tally.failed === 0 ? "ok" : "FAILED"} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`,
  );
  if (tally.failed > 0) failures.push(name);
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
}
if (failures.length > 0) console.log(`\nFailed: ${failures.join(", ")}`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 ? 0 : 1;
