import { fileURLToPath } from "node:url";
import type { FunctionSpec } from "../../../lib/emulator/assembly/model.ts";
import {
  createFunctionHost,
  type FunctionHostOptions,
  type LocalFunctionHost,
} from "../../../lib/emulator/runtime/function-host.ts";
import type { InvokeResult, LogLine } from "../../../lib/emulator/types.ts";

export const probe = (changes: Partial<FunctionSpec> = {}): FunctionSpec => ({
  name: "probe",
  physicalName: "order-events-probe",
  assetDir: fileURLToPath(new URL("./functions", import.meta.url)),
  handler: "probe.handler",
  timeoutMs: 5000,
  memoryMb: 128,
  environment: { ORDERS_TABLE: "orders" },
  ...changes,
});

export interface ProbeHost extends LocalFunctionHost {
  readonly lines: LogLine[];
  /** Invokes the probe. */
  run(event: { readonly do: string; readonly [key: string]: unknown }): Promise<InvokeResult>;
  /** The id of the process. */
  pid(): Promise<number>;
}

export const probeHost = (
  spec: Partial<FunctionSpec> = {},
  options: Partial<FunctionHostOptions> = {},
): ProbeHost => {
  const lines: LogLine[] = [];
  const host = createFunctionHost({
    functions: [probe(spec)],
    region: "eu-central-1",
    onLine: (line) => lines.push(line),
    ...options,
  });
  return {
    ...host,
    lines,
    run: (event) => host.invoke("probe", event),
    pid: async () => {
      const { pid } = payloadOf(await host.invoke("probe", { do: "echo" }));
      return Number(pid);
    },
  };
};

/** The payload of a successful result. */
export const payloadOf = (result: InvokeResult): Readonly<Record<string, unknown>> => {
  if (result.kind !== "ok") throw new Error(`No success: ${JSON.stringify(result)}`);
  return result.payload as Readonly<Record<string, unknown>>;
};

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
