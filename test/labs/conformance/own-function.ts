import { fileURLToPath } from "node:url";
import { createFunctionHost } from "../../../lib/emulator/runtime/function-host.ts";
import type { FunctionHost } from "../../../lib/emulator/types.ts";

export const REGION = "eu-central-1";
const FUNCTIONS = fileURLToPath(new URL("./functions", import.meta.url));

/** More concurrency than any case needs. */
const PLENTY = 10;

interface FunctionSetup {
  readonly functionTimeoutSeconds: number;
  readonly functionConcurrency: number;
}

/** The scripted function in the emulator's host. */
export const hostFor = async (
  name: string,
  observer: string,
  setup: FunctionSetup,
): Promise<FunctionHost> => {
  const isScarce = setup.functionConcurrency < PLENTY;
  const host = createFunctionHost({
    region: REGION,
    maxInstances: setup.functionConcurrency,
    // Throttled at once, because Lambda does not queue synchronous invocations.
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
  // Against a cold start on a busy machine that exceeds a visibility time-out or looks like a throttle.
  await host.warm([name]);
  return host;
};
