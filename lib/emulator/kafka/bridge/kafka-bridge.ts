import { arnOfFunction } from "../../assembly/identities.ts";
import { readAssembly } from "../../assembly/read-assembly.ts";
import { readModel } from "../../assembly/read-model.ts";
import type { LogLine, RunningMapping } from "../../types.ts";
import { startKafkaMapping } from "../event-source/kafka-event-source.ts";
import { lambdaHost } from "./kafka-bridge-host.ts";

export interface KafkaBridgeOptions {
  /** Folder of the cloud assembly whose functions are deployed. */
  readonly assembly: string;
  /** Lambda's endpoint, without a trailing slash. */
  readonly origin: string;
  /** `fetch` that signs for Lambda. */
  readonly send: typeof fetch;
  readonly region: string;
  /** Comma-separated `host:port`, as this process reaches them. */
  readonly brokers: string;
  readonly onLine: (line: LogLine) => void;
}

export interface KafkaBridge extends RunningMapping {
  /** `topic → function` for each enabled mapping. */
  readonly mappings: readonly string[];
}

/**
 * Runs the assembly's event source mappings of topics for an emulator of AWS that does not: reads a local broker and
 * invokes the deployed functions by Lambda's API, with the rules of the local emulator. The topics must exist; an
 * unreachable broker is waited for. Rejects with AssemblyError.
 */
export async function startKafkaBridge(options: KafkaBridgeOptions): Promise<KafkaBridge> {
  const { assembly, origin, send, region, brokers, onLine } = options;
  const model = readModel(await readAssembly(assembly), { region, sqs: origin, brokers });
  const log = (text: string) => onLine({ at: Date.now(), source: "bridge", stream: "emulator", text });
  const host = lambdaHost({ functions: model.functions, origin, send, log });
  const enabled = model.kafkaMappings.filter((spec) => spec.enabled);
  const running = enabled.map((spec) => {
    const functionArn = arnOfFunction(model.functions, spec.functionName, region);
    return startKafkaMapping({ spec, functionArn, host, brokers, onLine });
  });
  return {
    mappings: enabled.map(({ topic, functionName }) => `${topic} → ${functionName}`),
    async stop() {
      await Promise.all(running.map((mapping) => mapping.stop()));
    },
  };
}
