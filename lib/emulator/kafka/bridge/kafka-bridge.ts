import { emulatorModel } from "../../assembly/emulator-model.ts";
import { readAssembly } from "../../assembly/read-assembly.ts";
import type { LogLine, RunningMapping } from "../../types.ts";
import { startKafkaMapping } from "../event-source/kafka-event-source.ts";
import { lambdaHost } from "./kafka-bridge-host.ts";

export interface KafkaBridgeOptions {
  /** Folder of the cloud assembly whose functions are deployed. */
  readonly assembly: string;
  /** Where Lambda answers, without a trailing slash. */
  readonly origin: string;
  /** `fetch` that signs for Lambda. */
  readonly send: typeof fetch;
  readonly region: string;
  /** Comma-separated `host:port`, as this process reaches them. */
  readonly brokers: string;
  readonly onLine: (line: LogLine) => void;
}

export interface KafkaBridge extends RunningMapping {
  /** `topic → function`, one for each mapping that is on. */
  readonly mappings: readonly string[];
}

/**
 * Runs the assembly's mappings of topics where nothing else does: they read a broker of this machine and invoke the
 * deployed functions by Lambda's API, by the rules that the local emulator has. The topics have to be there; a broker
 * that is away is waited for. Rejects with AssemblyError.
 */
export async function startKafkaBridge(options: KafkaBridgeOptions): Promise<KafkaBridge> {
  const { assembly, origin, send, region, brokers, onLine } = options;
  const model = emulatorModel(await readAssembly(assembly), { region, sqs: origin, brokers });
  const log = (text: string) => onLine({ at: Date.now(), source: "bridge", stream: "emulator", text });
  const host = lambdaHost({ functions: model.functions, origin, send, log });
  const enabled = model.kafkaMappings.filter((spec) => spec.enabled);
  const running = enabled.map((spec) => startKafkaMapping({ spec, host, region, brokers, onLine }));
  return {
    mappings: enabled.map(({ topic, functionName }) => `${topic} → ${functionName}`),
    async stop() {
      await Promise.all(running.map((mapping) => mapping.stop()));
    },
  };
}
