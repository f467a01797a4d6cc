import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { FunctionName } from "../../../functions/consumers/consumers.ts";
import { bundleFunctions } from "../../../lib/constructs/bundle.ts";
import type { FunctionSpec } from "../../../lib/emulator/assembly/model.ts";
import { readAssembly } from "../../../lib/emulator/assembly/read-assembly.ts";
import { readModel } from "../../../lib/emulator/assembly/read-model.ts";
import { synthesize } from "../../../lib/emulator/order-events/synth.ts";
import {
  endpointVariables,
  instanceEnvironment,
} from "../../../lib/emulator/runtime/function-environment.ts";
import type { Benchmark, Figure } from "./benchmark.ts";
import { eachBundle, packagesOnly, sizesOf } from "./bundle-parts.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const TIMER = fileURLToPath(new URL("import-timer.mjs", import.meta.url));
const ROUNDS = 9;
/** Required by the import, which makes no call. */
const NOWHERE = "http://127.0.0.1:9";

const OWN_MS = "own code at module scope, the slowest function";
const OWN_KB = "own code at module scope, the largest function";

/** Size of each bundle, and its import time in a fresh process. */
export const imports: Benchmark = {
  name: "imports",
  about: "bundle sizes, and import time in fresh processes with the deployed environment",
  aims: [
    { figure: OWN_MS, atMost: 5 },
    { figure: OWN_KB, atMost: 40 },
  ],
  async run(progress) {
    const bundles = await bundleFunctions({ onProgress: progress });
    const packages = await packagesOnly(ROOT, bundles);
    const environments = await deployedEnvironments();
    const figures: Figure[] = [];
    const own: { name: FunctionName; ms: number; kb: number }[] = [];
    for (const [name, folder] of eachBundle(bundles)) {
      progress(name);
      const environment = environments.get(name) ?? {};
      const whole: Timing[] = [];
      const bare: Timing[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        whole.push(await importing(folder, environment));
        bare.push(await importing(packages[name], environment));
      }
      const ownMs = least(whole, "cpuMs") - least(bare, "cpuMs");
      const sizes = sizesOf(folder);
      own.push({ name, ms: ownMs, kb: kilobytes(sizes.ownAtStart) });
      figures.push({
        name: `import ${name}`,
        value: least(whole, "wallMs"),
        unit: "ms",
        note:
          `least of ${ROUNDS}; own ${ownMs.toFixed(1)} ms; ${kilobytes(sizes.total).toFixed(0)} KB, at start ` +
          `${kilobytes(sizes.atStart).toFixed(0)} KB, own ${kilobytes(sizes.ownAtStart).toFixed(1)} KB`,
      });
    }
    const slowest = own.toSorted((left, right) => right.ms - left.ms)[0];
    const largest = own.toSorted((left, right) => right.kb - left.kb)[0];
    return [
      ...figures,
      {
        name: OWN_MS,
        value: slowest?.ms ?? Number.NaN,
        unit: "ms",
        note: `${slowest?.name}; CPU, the making of clients included`,
      },
      { name: OWN_KB, value: largest?.kb ?? Number.NaN, unit: "KB", note: `${largest?.name}` },
    ];
  },
};

async function deployedEnvironments(): Promise<ReadonlyMap<string, Record<string, string>>> {
  const region = "eu-central-1";
  const { directory } = await synthesize(ROOT);
  const { functions } = readModel(await readAssembly(directory), { region, sqs: NOWHERE });
  const endpoints = { sqs: NOWHERE, sns: NOWHERE, s3: NOWHERE, dynamodb: NOWHERE, ses: NOWHERE, region };
  const environmentOf = (spec: FunctionSpec) =>
    instanceEnvironment(spec, endpointVariables(endpoints), "127.0.0.1:9", "0");
  return new Map(functions.map((spec) => [spec.name, environmentOf(spec)]));
}

interface Timing {
  readonly wallMs: number;
  /** CPU time of the main thread, without other load. */
  readonly cpuMs: number;
}

async function importing(folder: string, env: Record<string, string>): Promise<Timing> {
  const url = pathToFileURL(join(folder, "index.mjs")).href;
  const { stdout } = await promisify(execFile)(process.execPath, [TIMER, url], { env });
  return JSON.parse(stdout) as Timing;
}

/** The minimum, because other load only adds to it. */
const least = (timings: readonly Timing[], of: keyof Timing) => Math.min(...timings.map((each) => each[of]));
const kilobytes = (bytes: number) => bytes / 1_024;
