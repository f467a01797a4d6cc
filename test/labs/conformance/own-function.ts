import { fileURLToPath } from "node:url";
import { createFunctionHost } from "../../../lib/emulator/runtime/function-host.ts";
import type { FunctionHost } from "../../../lib/emulator/types.ts";

export const REGION = "eu-central-1";
const FUNCTIONS = fileURLToPath(new URL("./functions", import.meta.url));

/** What no set-up of a case asks for: it means that a function has room enough. */
const PLENTY = 10;

interface FunctionSetup {
  readonly functionTimeoutSeconds: number;
  readonly functionConcurrency: number;
}

/** The scripted function, run as the emulator runs every function. */
export const hostFor = async (
  name: string,
  observer: string,
  setup: FunctionSetup,
): Promise<FunctionHost> => {
  const isScarce = setup.functionConcurrency < PLENTY;
  const host = createFunctionHost({
    region: REGION,
    maxInstances: setup.functionConcurrency,
    // What finds no room is throttled soon: Lambda does not queue synchronous invocations at all.
    ...(isScarce ? { queueMs: 300, growAfterMs: 1 } : {}),
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
  // Else a cold start on a busy machine could outlast a visibility time-out, or be taken for a throttle.
  await host.warm([name]);
  return host;
};
