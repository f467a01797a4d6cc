import { fileURLToPath } from "node:url";
import { FUNCTIONS } from "../../../functions/consumers/consumers.ts";
import { orderEventsApp } from "../../../lib/emulator/order-events/order-events-app.ts";
import { type Emulator, startEmulator } from "../../../lib/emulator/start-emulator.ts";
import { synthesize } from "../../../lib/emulator/synth.ts";
import type { LogLine } from "../../../lib/emulator/types.ts";
import type { FaultProfile } from "./fault-profile.ts";
import { type FaultProxy, openFaultProxy } from "./fault-proxy.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const SETTINGS = {
  // The API's own limit would be what is tested otherwise.
  throttleRate: "10000",
  throttleBurst: "5000",
  // The least that five visibility time-outs and the longest delay allow: overdue rows are opened sooner.
  returnWithinSeconds: "160",
};

/** The local emulator with a fault before each of its services, and one before its API. */
export interface ChaosEmulator extends Emulator {
  /** Where customers call. */
  readonly publicUrl: string;
}

export async function startChaosEmulator(
  faultProfile: FaultProfile,
  onLine: (line: LogLine) => void,
): Promise<ChaosEmulator> {
  const proxies: FaultProxy[] = [];
  const proxy = async (upstream: string): Promise<string> => {
    const opened = await openFaultProxy({ upstream, strike: faultProfile.strike });
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

/** From now on invocations fail and processes die, and transactions meet each other. */
export function breakFunctions({ faults }: Emulator, rate: number): void {
  for (const name of FUNCTIONS) faults.break(`function:${name}`, { rate });
  faults.break("conflicts", { rate });
}
