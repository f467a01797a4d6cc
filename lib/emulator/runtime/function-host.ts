import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { functionArn } from "../assembly/identities.ts";
import type { FunctionSpec } from "../assembly/model.ts";
import type { Debugging, FunctionHost, InvokeResult, LogLine } from "../types.ts";
import type { Kill } from "./function-instance.ts";
import { createPool, type Pool } from "./instance-pool.ts";
import { startReaper } from "./reaper.ts";

/** The effect of a fault on one invocation. */
export type InjectedFault = { readonly kind: "error" } | ({ readonly kind: "kill" } & Kill);

export interface FunctionHostOptions {
  readonly functions: readonly FunctionSpec[];
  readonly region: string;
  /** Added to every function's environment; see `endpointVariables`. */
  readonly emulatorVariables?: Readonly<Record<string, string>>;
  readonly onLine?: (line: LogLine) => void;
  readonly debugging?: Debugging | undefined;
  /** Called before each invocation. */
  readonly injectFault?: (name: string) => InjectedFault | undefined;
  /** See `InstanceOptions`: another client of the Runtime API, for comparison with the emulator's own. */
  readonly runtimeClient?: string;
  /** Invocations of all functions at a time; further ones are throttled. */
  readonly maxConcurrency?: number;
  /** Instances of one function at a time; further invocations wait. */
  readonly maxInstances?: number;
  /** An instance that is idle for this long is ended. */
  readonly idleMs?: number;
  /** Wait for an idle instance before another one is started. */
  readonly growAfterMs?: number;
  /** Wait for an instance before the invocation is `throttled`. */
  readonly queueMs?: number;
  /** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
  readonly initTimeoutMs?: number;
}

export interface LocalFunctionHost extends FunctionHost {
  /** Starts an instance of each named function, so that the first order has no cold start. */
  warm(names: readonly string[]): Promise<void>;
  /** Later invocations of a function run the code of this folder. */
  replaceCode(name: string, assetDir: string): void;
}

const DEFAULTS = {
  maxInstances: 10,
  idleMs: 5 * 60_000,
  queueMs: 10_000,
  initTimeoutMs: 10_000,
  growAfterMs: 25,
};

/** Runs the functions of the templates, each in child processes behind the Lambda Runtime API. */
export const createFunctionHost = (options: FunctionHostOptions): LocalFunctionHost => {
  const { functions, region, emulatorVariables = {}, onLine = () => {}, injectFault, ...limits } = options;
  const { maxConcurrency = Number.POSITIVE_INFINITY } = options;
  let running = 0;
  const reaper = startReaper();
  const pools = new Map<string, Pool>(
    functions.map((spec) => [
      spec.name,
      createPool({
        ...DEFAULTS,
        ...limits,
        // A debugger has one process; messages wait for it.
        ...(limits.debugging?.inspectPort(spec.name) === undefined
          ? {}
          : { maxInstances: 1, queueMs: 3_600_000, idleMs: 12 * 3_600_000 }),
        maxStarting: Math.max(2, availableParallelism()),
        spec,
        reaper,
        functionArn: functionArn(spec.physicalName, region),
        emulatorVariables,
        onLine,
      }),
    ]),
  );
  const poolOf = (name: string): Pool => {
    const pool = pools.get(name);
    if (pool === undefined) throw new Error(`The emulator has no function ${name}`);
    return pool;
  };

  return {
    invoke: async (name, event): Promise<InvokeResult> => {
      const pool = poolOf(name);
      const fault = injectFault?.(name);
      if (fault?.kind === "error") {
        const [errorType, errorMessage] = ["EmulatorFault", `${name} is broken on purpose`];
        const text = `${errorType}: ${errorMessage}`;
        onLine({ at: Date.now(), source: name, stream: "emulator", text, requestId: randomUUID() });
        return { kind: "error", errorType, errorMessage };
      }
      if (running >= maxConcurrency) return { kind: "throttled" };
      running++;
      return pool.invoke(JSON.stringify(event), fault).finally(() => {
        running--;
      });
    },
    warm: async (names) => {
      await Promise.all(names.map((name) => poolOf(name).warm()));
    },
    replaceCode: (name, assetDir) => poolOf(name).replaceCode(assetDir),
    close: async () => {
      for (const pool of pools.values()) pool.close();
      reaper.close();
    },
  };
};
