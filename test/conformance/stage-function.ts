import { fileURLToPath } from "node:url";
import { createFunctionHost } from "../../lib/local/runtime/function-host.ts";
import type { FunctionHost } from "../../lib/local/types.ts";

export const REGION = "eu-central-1";
const FUNCTIONS = fileURLToPath(new URL("./functions", import.meta.url));

/** What no set-up of a case asks for: it means that a function has room enough. */
const PLENTY = 10;

interface FunctionSetup {
  readonly functionTimeoutSeconds: number;
  readonly functionConcurrency: number;
}

/** The scripted function, run as the stage runs every function. */
export const hostFor = (name: string, observer: string, setup: FunctionSetup): FunctionHost =>
  createFunctionHost({
    region: REGION,
    maxInstances: setup.functionConcurrency,
    // What finds no room is throttled soon: Lambda does not queue synchronous invocations at all.
    ...(setup.functionConcurrency < PLENTY ? { queueMs: 300, growAfterMs: 1 } : {}),
    functions: [
      {
        name,
        physicalName: name,
        assetDir: FUNCTIONS,
        handler: "scripted.handler",
        timeoutMs: setup.functionTimeoutSeconds * 1000,
        memoryMb: 256,
        environment: { OBSERVER: observer },
      },
    ],
  });
