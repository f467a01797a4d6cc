import { isBelow } from "../operator/console/server/serve-console.ts";
import type { AppDeclaration } from "./app-declaration.ts";
import { AWS_CALLS_PATH } from "./control/aws-calls.ts";
import { CONTROL_PREFIX } from "./control/serve-control.ts";
import { type EmulatorContext, emulatorContext } from "./emulator-context.ts";
import { apiRoutes, emulatorRoutes, noApi } from "./emulator-routes.ts";
import { requireFileHandles } from "./file-handles.ts";
import { reportRefusals } from "./gateway/refusals.ts";
import { startHttpServer } from "./http-server.ts";
import type { EmulatorKafka } from "./kafka/emulator-kafka.ts";
import type { EmulatorRabbit } from "./rabbitmq/emulator-rabbitmq.ts";
import type { RecentLogs } from "./recent-logs.ts";
import { allowsOrigin, type ServedApi, startApiServers, withApiAddresses } from "./serve-apis.ts";
import { type EmulatorFunctions, startFunctions } from "./start-functions.ts";
import { type EmulatorServices, type ServicesOptions, startServices } from "./start-services.ts";
import type { Debugging, LogLine } from "./types.ts";

export interface EmulatorOptions extends ServicesOptions {
  /** Port of the first API; further APIs have the next ports. 0 takes any free ones. */
  readonly port: number;
  /** What the app adds; nothing by default. */
  readonly app?: AppDeclaration;
  /** Folder of the state; in memory where absent. */
  readonly dataDir?: string;
  readonly region?: string;
  readonly onLine?: (line: LogLine) => void;
  readonly debugging?: Debugging;
}

export interface Emulator
  extends Omit<EmulatorServices, "kafka" | "rabbitmq" | "streams">,
    EmulatorFunctions {
  /** Address of the first API; `/_emulator` is the control endpoint. */
  readonly url: string;
  readonly apis: readonly ServedApi[];
  /** The broker, if there is one. */
  readonly kafka?: EmulatorKafka["broker"];
  readonly rabbitmq?: EmulatorRabbit["broker"];
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
  const { model } = services;
  const servers = await startApiServers(model.apis, server, options.port, onDrop, shutdown);
  const { app = { name: "The app" } } = options;
  const { length } = model.functions;
  options.onProgress?.(`Starting ${length} function${length === 1 ? "" : "s"} …`);
  const specs = withApiAddresses(model.functions, servers);
  const awsCalls = `${server.url}${AWS_CALLS_PATH}`;
  const functions = await startFunctions(context, services, app, specs, awsCalls, options.limits?.quotas);
  const { url } = server;
  const apis = servers.map((each): ServedApi => ({ name: each.api.name, url: each.server.url }));
  const [first, ...others] = servers.map((each) => ({
    ...each,
    routes: apiRoutes(each.api, context, services, functions, refusals.add, url),
  }));
  for (const { api, server: own, routes } of others) own.serve(routes, (origin) => allowsOrigin(api, origin));
  server.serve(
    emulatorRoutes({ url, apis, app }, context, services, functions, first?.routes ?? noApi),
    (origin, path) =>
      first !== undefined && !isBelow(CONTROL_PREFIX, path) && allowsOrigin(first.api, origin),
  );
  const { kafka, rabbitmq, streams: _, ...parts } = services;
  return {
    url,
    apis,
    ...parts,
    ...functions,
    ...(kafka === undefined ? {} : { kafka: kafka.broker }),
    ...(rabbitmq === undefined ? {} : { rabbitmq: rabbitmq.broker }),
    logs,
    close: shutdown.close,
  };
}
