import { type EmulatorContext, emulatorContext } from "./emulator-context.ts";
import { emulatorRoutes } from "./emulator-routes.ts";
import { requireFileHandles } from "./file-handles.ts";
import { reportRefusals } from "./gateway/refusals.ts";
import { startHttpServer } from "./http-server.ts";
import type { EmulatorKafka } from "./kafka/emulator-kafka.ts";
import type { RecentLogs } from "./recent-logs.ts";
import { type EmulatorFunctions, startFunctions } from "./start-functions.ts";
import { type EmulatorServices, type ServicesOptions, startServices } from "./start-services.ts";
import type { LogLine } from "./types.ts";

export interface EmulatorOptions extends ServicesOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Folder of the state; in memory where absent. */
  readonly dataDir?: string;
  readonly region?: string;
  readonly onLine?: (line: LogLine) => void;
}

export interface Emulator extends Omit<EmulatorServices, "kafka" | "streams">, EmulatorFunctions {
  /** Address of the REST API; `/_emulator` is the control endpoint. */
  readonly url: string;
  /** The broker, if there is one. */
  readonly kafka?: EmulatorKafka["kafka"];
  readonly logs: RecentLogs;
  close(): Promise<void>;
}

/**
 * Runs a cloud assembly on loopback.
 * Rejects with FileHandlesError, PortTakenError, DataFolderError, DataInUseError, NoDynamoDbError, NoKafkaError,
 * UnreachableKafkaError or AssemblyError; nothing is left running then.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const context = emulatorContext(options);
  try {
    return await assemble(context, options);
  } catch (error) {
    await context.shutdown.close();
    throw error;
  }
}

async function assemble(context: EmulatorContext, options: EmulatorOptions): Promise<Emulator> {
  const { shutdown, logs } = context;
  requireFileHandles();
  const refusals = reportRefusals((text) => context.log("gateway", text));
  const onDrop = () => refusals.add("a closed connection (more file handles: ulimit -n)");
  const server = shutdown.add("ingress", await startHttpServer(options.port, onDrop));
  const services = await startServices(context, options);
  const functions = await startFunctions(context, services);
  server.serve(emulatorRoutes(server.url, context, services, functions, refusals.add));
  const { kafka, streams: _, ...others } = services;
  return {
    url: server.url,
    ...others,
    ...functions,
    ...(kafka === undefined ? {} : { kafka: kafka.kafka }),
    logs,
    close: shutdown.close,
  };
}
