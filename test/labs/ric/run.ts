/**
 * `npm run ric`: the emulator's own client of the Lambda Runtime API beside the one that AWS publishes (aws-lambda-ric).
 * Every deployed bundle with the same events, and functions with every kind of result, run under both. The results have
 * to be equal, or listed with a reason in differences.ts. Exits with 1 otherwise.
 *
 * The installation of aws-lambda-ric builds native code: it needs a minute, cmake, make and a C++ compiler.
 */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { synthesize } from "../../../lib/emulator/order-events/synth.ts";
import { createFunctionHost } from "../../../lib/emulator/runtime/function-host.ts";
import type { InvokeResult } from "../../../lib/emulator/types.ts";
import { noFlags, scriptFlags } from "../../../lib/script-flags.ts";
import { driveBundles } from "./bundle-cases.ts";
import { type Pair, textOf, verdictOf } from "./compare.ts";
import { openDeployedFunctions } from "./deployed-functions.ts";
import { DIFFERENCES } from "./differences.ts";
import { probeFunctions } from "./probe-cases.ts";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "../../..");
const RIC = join(HERE, "node_modules/aws-lambda-ric/index.mjs");
const SHOWN_CHARACTERS = 160;

const HELP = `npm run ric: compares the emulator's Runtime API client with aws-lambda-ric over the same functions and events

  --help  this text

The first run builds aws-lambda-ric, which takes about a minute and needs cmake, make and a C++ compiler.
The exit code is 1 when a difference is not listed in differences.ts.
`;
scriptFlags(HELP, noFlags);

if (!existsSync(join(dirname(RIC), "rapid-client.node"))) install();
console.log("Reading the stacks …");
const { directory } = await synthesize(ROOT);
console.log("The deployed bundles, under both clients …");
const pairs = [...(await bundles(directory))];
console.log("Functions that end in every way, under both clients …");
pairs.push(...(await probes()));
report(pairs);

function install(): void {
  console.log(
    "Installing aws-lambda-ric into test/labs/ric; it builds native code, which takes a minute. Once.",
  );
  const { status } = spawnSync("npm", ["ci", "--prefix", HERE], {
    stdio: "inherit",
    // The headers of the running Node, against a download.
    env: { ...process.env, npm_config_nodedir: dirname(dirname(process.execPath)) },
  });
  if (status !== 0) throw new Error("aws-lambda-ric was not built: it needs cmake, make and a C++ compiler");
}

async function bundles(assembly: string): Promise<Pair[]> {
  const outcomes = async (runtimeClient?: string) => {
    const deployed = await openDeployedFunctions(assembly, runtimeClient);
    try {
      return await driveBundles(deployed);
    } finally {
      await deployed.close();
    }
  };
  return pairUp(await outcomes(), await outcomes(RIC));
}

async function probes(): Promise<Pair[]> {
  const { specs, folder } = await probeFunctions();
  const outcomes = async (runtimeClient?: string) => {
    const host = createFunctionHost({
      functions: specs,
      region: "eu-central-1",
      ...(runtimeClient === undefined ? {} : { runtimeClient }),
    });
    const results = new Map<string, InvokeResult>();
    for (const { name } of specs) results.set(name, await host.invoke(name, { text: "an event" }));
    await host.close();
    return results;
  };
  try {
    return pairUp(await outcomes(), await outcomes(RIC));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function pairUp(emulator: ReadonlyMap<string, InvokeResult>, ric: ReadonlyMap<string, InvokeResult>): Pair[] {
  const missing: InvokeResult = { kind: "crashed", detail: "this case did not run" };
  return [...emulator].map(([name, result]) => ({ name, emulator: result, ric: ric.get(name) ?? missing }));
}

function report(all: readonly Pair[]): void {
  const verdicts = all.map((pair) => ({ ...pair, verdict: verdictOf(pair) }));
  for (const { name, emulator, ric, verdict } of verdicts) {
    console.log(`${verdict === "equal" ? "=" : "≠"} ${name}`);
    const [ours, theirs] = [textOf(emulator), textOf(ric)].map((text) => text.slice(0, SHOWN_CHARACTERS));
    console.log(`    ${verdict === "equal" ? ours : `stage ${ours}\n    ric   ${theirs}`}`);
    if (verdict !== "equal") console.log(`    ${verdict}: ${DIFFERENCES[name] ?? ""}`);
  }
  const count = (wanted: string) => verdicts.filter(({ verdict }) => verdict === wanted).length;
  console.log(
    `\n${all.length} cases: ${count("equal")} equal, ${count("differs, as listed")} differ as listed, ` +
      `${count("DIFFERS")} differ, ${count("EQUAL, BUT LISTED")} listed but equal`,
  );
  process.exitCode = count("DIFFERS") + count("EQUAL, BUT LISTED") === 0 ? 0 : 1;
}
