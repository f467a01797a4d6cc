import { type StageContext, stageContext } from "./emulator-context.ts";
import { stageFront } from "./emulator-routes.ts";
import { openFront } from "./http-server.ts";
import type { StageKafka } from "./kafka/emulator-kafka.ts";
import type { LogBook } from "./recent-logs.ts";
import { type StageFunctions, startFunctions } from "./start-functions.ts";
import { type ServicesOptions, type StageServices, startServices } from "./start-services.ts";
import type { LogLine } from "./types.ts";

export interface StageOptions extends ServicesOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Where state is kept; in memory when absent. */
  readonly dataDir?: string;
  readonly region?: string;
  readonly onLine?: (line: LogLine) => void;
}

export interface Stage extends Omit<StageServices, "kafka" | "streams">, StageFunctions {
  /** Address of the REST API; `/_stage` is the control endpoint. */
  readonly url: string;
  /** The broker, where there is one. */
  readonly kafka?: StageKafka["kafka"];
  readonly logs: LogBook;
  close(): Promise<void>;
}

/**
 * Runs a cloud assembly on this machine, on loopback only.
 * Rejects with PortTakenError, DataFolderError, DataInUseError, NoDynamoDbError, NoKafkaError, UnreachableKafkaError or
 * AssemblyError; nothing is left running then.
 */
export async function startStage(options: StageOptions): Promise<Stage> {
  const context = stageContext(options);
  try {
    return await assemble(context, options);
  } catch (error) {
    await context.closing.close();
    throw error;
  }
}

async function assemble(context: StageContext, options: StageOptions): Promise<Stage> {
  const { closing, logs } = context;
  const front = closing.add("inlets", await openFront(options.port));
  const services = await startServices(context, options);
  const functions = await startFunctions(context, services);
  front.serve(stageFront(front.url, context, services, functions));
  const { kafka, streams: _, ...others } = services;
  return {
    url: front.url,
    ...others,
    ...functions,
    ...(kafka === undefined ? {} : { kafka: kafka.kafka }),
    logs,
    close: closing.close,
  };
}
