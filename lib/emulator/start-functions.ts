import { openLiveBuffer } from "../operator/observe/live-buffer.ts";
import type { Observatory } from "../operator/observe/observatory.ts";
import { quotasOf } from "../settings/region-quotas.ts";
import type { AppDeclaration } from "./app-declaration.ts";
import type { FunctionSpec } from "./assembly/model.ts";
import { emulatorObservatory } from "./control/emulator-observatory.ts";
import { peekQueue } from "./control/peek-queue.ts";
import type { EmulatorContext } from "./emulator-context.ts";
import { type EventSources, startEventSources } from "./event-sources/start-event-sources.ts";
import { createMappings, type SwitchableMappings } from "./event-sources/switchable-mappings.ts";
import { functionFaults } from "./faults/function-faults.ts";
import { openInvocationLogs } from "./invocation-logs.ts";
import { alarmMails } from "./metrics/alarm-mail.ts";
import type { AlarmState } from "./metrics/alarm-watch.ts";
import { startCloudWatch } from "./metrics/cloudwatch.ts";
import { recordReputation } from "./metrics/mail-reputation.ts";
import { type Monitor, startMonitor } from "./metrics/monitor.ts";
import { measured } from "./metrics/service-metrics.ts";
import { endpointVariables } from "./runtime/function-environment.ts";
import { createFunctionHost, type LocalFunctionHost } from "./runtime/function-host.ts";
import { openSourceMaps } from "./runtime/source-maps.ts";
import type { EmulatorServices } from "./start-services.ts";

/** The functions of the templates, with their metrics and traces. */
export interface EmulatorFunctions {
  readonly host: LocalFunctionHost;
  readonly monitor: Monitor;
  /** The data of the console and the command line. */
  readonly observatory: Observatory;
  readonly sources: Pick<EventSources, "invokeLater" | "runSchedule">;
  readonly mappings: Pick<SwitchableMappings, "list" | "switch">;
}

/** Starts the functions and everything that invokes them except the API. Resolves once each function is warm. */
export async function startFunctions(
  context: EmulatorContext,
  services: EmulatorServices,
  app: AppDeclaration,
  functions: readonly FunctionSpec[],
  awsCallsUrl: string,
  quotas?: string,
): Promise<EmulatorFunctions> {
  const { endpoints, faults, kafka, rabbitmq } = services;
  const { region, logs, shutdown, debugging } = context;
  const observed = watch(context, services, app);
  const { metrics } = observed.monitor;
  const processes = createFunctionHost({
    functions,
    region,
    emulatorVariables: {
      ...endpointVariables(endpoints, awsCallsUrl),
      ...(await backlogVariables(context, services, metrics)),
      ...kafka?.variables,
      ...rabbitmq?.variables,
    },
    onLine: logs.add,
    injectFault: functionFaults(faults),
    debugging,
    ...(quotas === undefined ? {} : { maxConcurrency: quotasOf(quotas).lambdaConcurrency.limit }),
  });
  // Avoids cold starts for the first order. Shutdown does not wait for them.
  const warm = processes.warm(functions.map(({ name }) => name));
  const host = measured(shutdown.add("functions", processes), functions, metrics);
  const { clock, dataDir } = context;
  const mappings = createMappings({ clock, ...(dataDir === undefined ? {} : { dataDir }) });
  const sources = await startIngress(context, services, { ...observed, host }, mappings);
  await warm;
  return { ...observed, host, sources, mappings };
}

/** Serves the metrics of brokers as CloudWatch does, where admission reads them. */
async function backlogVariables(
  { shutdown, calls }: EmulatorContext,
  { kafka, rabbitmq }: EmulatorServices,
  metrics: Monitor["metrics"],
): Promise<Readonly<Record<string, string>>> {
  if (kafka === undefined && rabbitmq === undefined) return {};
  const cloudWatch = shutdown.add("services", await startCloudWatch(metrics, calls));
  return { AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.endpoint };
}

/** Metrics, alarms and the timeline of each order, from the log lines of the functions. */
function watch(
  { clock, logs, log, shutdown }: EmulatorContext,
  { model, messaging, mailbox, rabbitmq }: EmulatorServices,
  { distributions, observe, buildOf }: AppDeclaration,
) {
  const onAlarm = (alarm: AlarmState) => {
    log("alarm", `${alarm.name} is ${alarm.state}: ${alarm.description}`);
    try {
      for (const each of alarmMails(alarm, model.subscriptions)) mailbox.add(each);
    } catch (error) {
      log("alarm", `the mail of ${alarm.name} could not be stored: ${String(error)}`);
    }
  };
  const monitor = startMonitor(model, messaging, logs, clock, onAlarm, distributions);
  const endReputation = recordReputation(mailbox, monitor.metrics);
  shutdown.add("functions", {
    async close() {
      endReputation();
      monitor.stop();
    },
  });
  const views = observe?.({ model, metrics: monitor.metrics, logs });
  const live = openLiveBuffer();
  const invocations = openInvocationLogs();
  logs.onLine(live.add);
  logs.onLine(invocations.add);
  return {
    monitor,
    observatory: emulatorObservatory({
      model,
      monitor,
      views,
      clock,
      live,
      invocations,
      peek: (name) => peekQueue(messaging, name),
      frameSource: openSourceMaps({
        assetDir: (name) => model.functions.find((each) => each.name === name)?.assetDir,
        build: buildOf ?? (() => undefined),
      }),
      brokerQueues: () => rabbitmq?.queues() ?? [],
    }),
  };
}

/** The mappings of queues, streams and topics, and the schedules. */
async function startIngress(
  { region, dataDir, logs, clock, shutdown }: EmulatorContext,
  { model, endpoints, streams, messaging, kafka, rabbitmq, faults }: EmulatorServices,
  { host, monitor }: Pick<EmulatorFunctions, "host" | "monitor">,
  mappings: SwitchableMappings,
): Promise<EventSources> {
  const sources = startEventSources({
    model,
    host,
    region,
    sqsEndpoint: endpoints.sqs,
    snsEndpoint: endpoints.sns,
    s3Endpoint: endpoints.s3,
    streamsEndpoint: streams.endpoint,
    streamArns: streams.arns,
    logs,
    clock,
    onWrite: streams.onWrite,
    mappings,
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  const { metrics } = monitor;
  if (rabbitmq !== undefined) {
    const queues = await rabbitmq.start({ model, host, faults, metrics, mappings, onLine: logs.add });
    shutdown.add("ingress", { close: queues.stop });
  }
  if (kafka !== undefined) {
    const topics = await kafka.start({ model, host, faults, metrics, mappings, region, onLine: logs.add });
    shutdown.add("ingress", { close: topics.stop });
  }
  shutdown.add("ingress", {
    close() {
      const stopped = sources.stop();
      // Ends the long polls; `stop` above prevents new ones.
      messaging.queues.shutdown();
      return stopped;
    },
  });
  return sources;
}
