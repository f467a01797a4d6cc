import { fileURLToPath } from "node:url";
import { FUNCTIONS } from "../../../functions/consumers/consumers.ts";
import type { LimitOptions } from "../../../lib/emulator/aws-limits/limit-options.ts";
import { orderEventsApp } from "../../../lib/emulator/order-events/order-events-app.ts";
import { synthesize } from "../../../lib/emulator/order-events/synth.ts";
import { type Emulator, startEmulator } from "../../../lib/emulator/start-emulator.ts";
import type { LogLine } from "../../../lib/emulator/types.ts";
import type { FaultProfile } from "./fault-profile.ts";
import { type FaultProxy, openFaultProxy } from "./fault-proxy.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const SETTINGS = {
  // Above the load, so that the throttle of the API is not tested.
  throttleRate: "10000",
  throttleBurst: "5000",
  // The minimum for five visibility time-outs and the longest delay, so that overdue rows are opened sooner.
  returnWithinSeconds: "160",
};

/** The local emulator with a fault proxy before each service and before its API. */
export interface ChaosEmulator extends Emulator {
  /** URL of the fault proxy before the API. */
  readonly publicUrl: string;
}

export async function startChaosEmulator(
  faultProfile: FaultProfile,
  limits: LimitOptions,
  onLine: (line: LogLine) => void,
): Promise<ChaosEmulator> {
  const proxies: FaultProxy[] = [];
  const proxy = async (upstream: string): Promise<string> => {
    const opened = await openFaultProxy({ upstream, fault: faultProfile.fault });
    proxies.push(opened);
    return opened.endpoint;
  };
  const closeProxies = () => Promise.all(proxies.map((each) => each.close()));
  try {
    const emulator = await startEmulator({
      app: orderEventsApp,
      port: 0,
      assembly: async () => (await synthesize(ROOT, SETTINGS)).directory,
      between: (_, endpoint) => proxy(endpoint),
      limits,
      onLine,
    });
    return {
      ...emulator,
      publicUrl: await proxy(emulator.url),
      async close() {
        await emulator.close();
        await closeProxies();
      },
    };
  } catch (error) {
    await closeProxies();
    throw error;
  }
}

/** From now on invocations fail, processes crash, and transactions conflict. */
export function breakFunctions({ faults }: Emulator, rate: number): void {
  for (const name of FUNCTIONS) faults.break(`function:${name}`, { rate });
  faults.break("conflicts", { rate });
}
