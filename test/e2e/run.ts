/**
 * `npm run test:e2e -- [--target emulator|ministack|localstack|aws] [--stage S] [--profile P] [--endpoint URL]
 * [--allow-stale] [files]`: the end-to-end suite against a deployment that is up. Without a target each file starts a local emulator.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { RequestError } from "../../lib/operator/target/request-error.ts";
import { scriptFlags } from "../../lib/script-flags.ts";
import { DeploymentError, findDeployment } from "./deployment.ts";
import { DIFFERENCES, EMULATOR_ONLY } from "./differences.ts";
import { E2E_HELP, readFlags, type TestFlags } from "./flags.ts";
import { grantReport, isComplete, reportText } from "./grant-report.ts";
import { DECISIONS_FILE, DECISIONS_VARIABLE, DEPLOYMENT_VARIABLE, SLOWNESS_VARIABLE } from "./names.ts";
import { outcomeOf } from "./report.ts";
import { TARGET_FACTS } from "./targets.ts";

/** Time-out of a case on the emulator, as in vitest.config.ts. */
const TEST_TIMEOUT_MS = 240_000;

async function vitest(args: readonly string[], variables: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn("node_modules/.bin/vitest", ["run", "--project", "e2e", ...args], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...variables },
  });
  const [code] = await once(child, "close");
  return typeof code === "number" ? code : 1;
}

/** A whole run also fails for a grant that none of its calls needs. */
async function runOnEmulators(files: readonly string[]): Promise<number> {
  const args = ["--project", "e2e-emulator", ...files];
  if (files.length > 0) return vitest(args, {});
  const decisions = resolve(DECISIONS_FILE);
  mkdirSync(dirname(decisions), { recursive: true });
  rmSync(decisions, { force: true });
  const code = await vitest(args, { [DECISIONS_VARIABLE]: decisions });
  // Calls of a case that failed are missing.
  if (code !== 0) return code;
  const report = await grantReport();
  console.log(reportText(report));
  return isComplete(report) ? 0 : 1;
}

async function runAgainst(flags: TestFlags): Promise<number> {
  const { target: kind, files } = flags;
  if (kind === "emulator") return runOnEmulators(files);
  const facts = TARGET_FACTS[kind];
  const deployment = await findDeployment({ kind, stage: facts.stage, ...flags.where });
  console.log(`${kind}: ${deployment.url} in ${deployment.region}, stage ${deployment.stage}`);
  if (flags.where.allowStale) console.log("--allow-stale: not checked whether this code is deployed there.");
  console.log(`not run here: test/e2e/emulator. ${EMULATOR_ONLY}`);
  for (const { what, cases } of DIFFERENCES.filter(({ target }) => target === kind)) {
    if (cases.length > 0)
      console.log(`skipped here: ${cases.map((each) => `"${each} …"`).join(", ")}. ${what}`);
  }
  const timeout = String(TEST_TIMEOUT_MS * facts.slowness);
  const report = `reports/e2e-${kind}.json`;
  rmSync(report, { force: true });
  const code = await vitest(
    [
      // The files share one deployment, and some wait for empty queues.
      "--no-file-parallelism",
      "--reporter=verbose",
      "--reporter=json",
      `--outputFile.json=${report}`,
      `--testTimeout=${timeout}`,
      `--hookTimeout=${timeout}`,
      ...files,
    ],
    { [DEPLOYMENT_VARIABLE]: JSON.stringify(deployment), [SLOWNESS_VARIABLE]: String(facts.slowness) },
  );
  if (!existsSync(report)) return 1;
  const { line, unknownCases } = outcomeOf(report, kind, files.length === 0);
  for (const start of unknownCases)
    console.log(`test/e2e/differences.ts skips "${start} …" on ${kind}, and there is no such case.`);
  console.log(line);
  return unknownCases.length > 0 ? 1 : code;
}

const flags = scriptFlags(E2E_HELP, (args) => readFlags(args));
try {
  process.exitCode = await runAgainst(flags);
} catch (error) {
  if (!(error instanceof DeploymentError || error instanceof RequestError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
