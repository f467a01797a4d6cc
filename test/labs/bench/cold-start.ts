import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { FunctionSpec } from "../../../lib/emulator/assembly/model.ts";
import { endpointVariables } from "../../../lib/emulator/runtime/function-environment.ts";
import { createFunctionHost } from "../../../lib/emulator/runtime/function-host.ts";
import { entryOf } from "../closure.ts";
import type { Aim, Benchmark, Figure } from "./benchmark.ts";
import { type CountedServices, startCountedServices } from "./counted-services.ts";
import { setStock } from "./drive-naive.ts";
import { batchesOf, placeEvent, receiveEvents, step } from "./drive-orders.ts";
import { inRounds } from "./statistics.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const TIMED_CLIENT = fileURLToPath(new URL("timed-client.mjs", import.meta.url));
const ROUNDS = 15;
const MEASURED = ["place-order", "publish-events", "order-created"] as const;
type Measured = (typeof MEASURED)[number];

const ratioName = (name: Measured) => `cold start of ${name} ÷ NodejsFunction's defaults`;

/** From the start of the process to the response of its first invocation, calls to the emulators included. */
export const coldStart: Benchmark = {
  name: "cold-start",
  about: "new process to the first completed call, against a bundle as NodejsFunction makes it by default",
  aims: MEASURED.map((name): Aim => ({ figure: ratioName(name), atMost: 0.7 })),
  async run(progress) {
    progress("starting the emulators");
    const services = await startCountedServices();
    try {
      const events = await eventsFor(services);
      const figures: Figure[] = [];
      for (const name of MEASURED) {
        progress(name);
        figures.push(...(await figuresOf(services, name, events[name])));
      }
      return figures;
    } finally {
      await services.close();
    }
  },
};

/** One event with real work for each cold start. */
async function eventsFor(services: CountedServices): Promise<Readonly<Record<Measured, readonly object[]>>> {
  const starts = 2 * (ROUNDS + 1);
  const sku = "COLD";
  await setStock(services, sku, 1_000);
  const wishes = (run: string) => Array.from({ length: starts }, (_, i) => ({ key: `${run}-${i}`, sku }));
  await step(services, "place-order", wishes("prepared").map(placeEvent));
  const changes = await services.changes();
  const batches = batchesOf(changes, 1).map((Records) => ({ Records }));
  await step(services, "publish-events", batches);
  const { events } = await receiveEvents(services, "order-created", 1);
  return {
    "place-order": wishes("cold").map(placeEvent),
    "publish-events": batches,
    "order-created": events,
  };
}

async function figuresOf(
  services: CountedServices,
  name: Measured,
  events: readonly object[],
): Promise<Figure[]> {
  const ours = services.model.functions.find((spec) => spec.name === name);
  if (ours === undefined) throw new Error(`The templates have no function ${name}.`);
  const defaults = { ...ours, assetDir: await bundledByDefaults(name) };
  let next = 0;
  const cpuMs = { ours: Number.POSITIVE_INFINITY, defaults: Number.POSITIVE_INFINITY };
  const start = (contender: keyof typeof cpuMs, spec: FunctionSpec) => async () => {
    const answer = await firstAnswer(services, spec, events[next++]);
    cpuMs[contender] = Math.min(cpuMs[contender], answer.cpuMs);
    return answer.ms;
  };
  const contenders = { ours: start("ours", ours), defaults: start("defaults", defaults) };
  await inRounds(1, contenders);
  const measured = await inRounds(ROUNDS, contenders);
  return [
    { name: `cold start of ${name}`, value: least(measured.ours), unit: "ms", note: `least of ${ROUNDS}` },
    {
      name: ratioName(name),
      value: least(measured.ours) / least(measured.defaults),
      unit: "x",
      note: `defaults ${least(measured.defaults).toFixed(0)} ms`,
    },
    {
      name: `CPU of a cold start of ${name} ÷ NodejsFunction's defaults`,
      value: cpuMs.ours / cpuMs.defaults,
      unit: "x",
      note: `${cpuMs.ours.toFixed(0)} of ${cpuMs.defaults.toFixed(0)} ms`,
    },
  ];
}

/** The minimum, because other load only adds to it. */
const least = (times: readonly number[]) => Math.min(...times);

/**
 * For the runtime's Node, without the SDK: the defaults of NodejsFunction for a runtime and an entry, but for the format: a
 * handler with an await at its top level has to be an ES module.
 * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_nodejs-readme.html
 * The SDK is loaded from this project's node_modules instead of the runtime's.
 */
async function bundledByDefaults(name: Measured): Promise<string> {
  const folder = join(ROOT, ".cache", "bench", "defaults", name);
  await build({
    absWorkingDir: ROOT,
    entryPoints: [join(ROOT, entryOf(name))],
    bundle: true,
    platform: "node",
    target: "node24",
    external: ["@aws-sdk/*", "@smithy/*"],
    format: "esm",
    // For packages in CommonJS.
    banner: {
      js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`,
    },
    outfile: join(folder, "index.mjs"),
    logLevel: "error",
  });
  return folder;
}

interface FirstAnswer {
  /** Since the process began. */
  readonly ms: number;
  /** Of the process, its threads included. */
  readonly cpuMs: number;
}

async function firstAnswer(
  { endpoints }: CountedServices,
  spec: FunctionSpec,
  event: object | undefined,
): Promise<FirstAnswer> {
  let pid = "";
  let began = Number.NaN;
  const host = createFunctionHost({
    functions: [spec],
    region: endpoints.region,
    emulatorVariables: endpointVariables(endpoints),
    runtimeClient: TIMED_CLIENT,
    onLine({ text }) {
      const [, id, at] = /^began (\d+) ([\d.]+)$/.exec(text) ?? [];
      if (id === undefined) return;
      pid = id;
      began = Number(at);
    },
  });
  try {
    const result = await host.invoke(spec.name, event);
    const ms = performance.timeOrigin + performance.now() - began;
    const cpuMs = cpuMsOf(pid);
    const { statusCode = 202, batchItemFailures = [] } =
      result.kind === "ok"
        ? (result.payload as { statusCode?: number; batchItemFailures?: unknown[] })
        : { statusCode: 0 };
    if (statusCode !== 202 || batchItemFailures.length > 0) {
      throw new Error(`${spec.name} answered ${JSON.stringify(result)}`);
    }
    return { ms, cpuMs };
  } finally {
    await host.close();
  }
}

/** NaN except on Linux. */
function cpuMsOf(pid: string): number {
  const threads = `/proc/${pid}/task`;
  if (!existsSync(threads)) return Number.NaN;
  const nanoseconds = readdirSync(threads).map((thread) =>
    Number(readFileSync(join(threads, thread, "schedstat"), "utf8").split(" ")[0]),
  );
  return nanoseconds.reduce((total, each) => total + each, 0) / 1_000_000;
}
