import { join } from "node:path";
import { openAuditTrail } from "../observe/audit-trail.ts";
import type { Observatory } from "../observe/observatory.ts";
import type { StageModel } from "./assembly/model.ts";
import { readAssembly } from "./assembly/read-assembly.ts";
import { stageModel } from "./assembly/stage-model.ts";
import { type Closing, makeClosing } from "./closing.ts";
import { serveControl } from "./control/serve-control.ts";
import { stageConsole } from "./control/stage-console.ts";
import { stageObservatory } from "./control/stage-observatory.ts";
import { lockData } from "./data-lock.ts";
import { startEventSources } from "./event-sources.ts";
import { openDynamoDbProxy } from "./faults/dynamodb-proxy.ts";
import { createFaults, type Faults } from "./faults/faults.ts";
import { disturbFunctions } from "./faults/function-faults.ts";
import { POISONED, putPoisons } from "./faults/poison.ts";
import { openFront } from "./front.ts";
import { serveRestApi } from "./gateway/rest-api.ts";
import type { StageKafka } from "./kafka.ts";
import { type LogBook, openLogBook } from "./log-book.ts";
import { alarmMails } from "./metrics/alarm-mail.ts";
import { ORDER_LATENCY } from "./metrics/distributions.ts";
import { type Monitor, startMonitor } from "./metrics/monitor.ts";
import { measured } from "./metrics/service-metrics.ts";
import { provisionMessaging } from "./provision/messaging.ts";
import { provisionTables } from "./provision/tables.ts";
import { endpointVariables } from "./runtime/environment.ts";
import { createFunctionHost } from "./runtime/function-host.ts";
import { startSchedules } from "./schedules.ts";
import { startDynamoDb } from "./services/dynamodb.ts";
import { startMail } from "./services/mail.ts";
import { type Mailbox, openMailbox } from "./services/mailbox.ts";
import { type Messaging, startMessaging } from "./services/messaging.ts";
import type { AwsEndpoints, Clock, FunctionHost, LogLine } from "./types.ts";

export interface StageOptions {
  /** Gives the folder of the cloud assembly. It is made while the services start. */
  readonly assembly: () => Promise<string>;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where state is kept; in memory when absent. */
  readonly dataDir?: string;
  /** Runs a broker for the Kafka stack of the assembly. */
  readonly kafka?: boolean;
  readonly region?: string;
  readonly onLine?: (line: LogLine) => void;
  /** What takes longer, such as the download of a broker. */
  readonly onProgress?: (text: string) => void;
  /** Puts something of the caller's own, such as a proxy, before a service. Gives the address to use instead. */
  readonly between?: (service: StageService, endpoint: string) => Promise<string>;
}

/** Processes that serve: SQS, SNS and S3 are one. */
export type StageService = "messaging" | "dynamodb" | "mail";

export interface Stage {
  /** Address of the REST API; `/_stage` is the control endpoint. */
  readonly url: string;
  /** As functions see them: DynamoDB with the faults that are on. */
  readonly endpoints: AwsEndpoints;
  readonly model: StageModel;
  readonly host: FunctionHost;
  readonly messaging: Messaging;
  readonly mailbox: Mailbox;
  /** The broker, where there is one. */
  readonly kafka?: StageKafka["kafka"];
  readonly monitor: Monitor;
  /** What consoles and commands see of the stage. */
  readonly observatory: Observatory;
  readonly faults: Faults;
  readonly logs: LogBook;
  /** Resolves with a reason when the stage cannot go on by itself. */
  readonly died: Promise<string>;
  close(): Promise<void>;
}

const DEFAULT_REGION = "eu-central-1";
const clock: Clock = { now: () => Date.now() };

/**
 * Runs a cloud assembly on this machine, on loopback only.
 * Rejects with PortTakenError, DataFolderError, DataInUseError, NoDynamoDbError, NoKafkaError, UnreachableKafkaError or
 * AssemblyError; nothing is left running then.
 */
export async function startStage(options: StageOptions): Promise<Stage> {
  const closing = makeClosing();
  try {
    return await assemble(options, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function assemble(options: StageOptions, closing: Closing): Promise<Stage> {
  const { dataDir, region = DEFAULT_REGION, between = async (_, endpoint) => endpoint } = options;
  const kept = dataDir === undefined ? {} : { dataDir };
  const logs = openLogBook();
  if (options.onLine !== undefined) logs.onLine(options.onLine);
  const say = (source: string, text: string) => logs.add({ at: clock.now(), source, stream: "stage", text });

  const front = closing.add("inlets", await openFront(options.port));
  if (dataDir !== undefined) closing.add("services", await lockData(dataDir));
  const mailbox = openMailbox(dataDir === undefined ? undefined : join(dataDir, "mailbox.jsonl"));
  const { onProgress = () => {} } = options;
  const [assemblyDir, dynamoDb, messaging, kafka] = await closing.all([
    options.assembly(),
    startDynamoDb(kept).then((part) => closing.add("services", part)),
    startMessaging({ region, ...kept }).then((part) => closing.add("services", part)),
    options.kafka === true
      ? openKafkaOf({ ...kept, onProgress, say: (text) => say("kafka", text) }, closing)
      : undefined,
  ]);

  // The SDK goes to the address that is in a queue's URL, whatever endpoint it was given.
  const messages = await between("messaging", messaging.endpoint);
  const model = stageModel(await readAssembly(assemblyDir), {
    region,
    sqs: messages,
    ...(kafka === undefined ? {} : { brokers: kafka.kafka.brokers }),
  });
  provisionMessaging(messaging, model, region);
  const streamArns = await provisionTables(dynamoDb.endpoint, region, model.tables);

  const tables = model.tables.map(({ name }) => name);
  const faults = createFaults({
    functions: model.functions.map(({ name }) => name),
    tables,
    kafka: kafka?.kafka.isOurs === true,
    clock,
  });
  const fails = () => faults.strikes({ kind: "mail" });
  const mail = closing.add("services", await startMail({ mailbox, clock, fails }));
  const proxy = closing.add(
    "services",
    await openDynamoDbProxy({ upstream: dynamoDb.endpoint, tables, faults }),
  );
  const endpoints: AwsEndpoints = {
    sqs: messages,
    sns: messages,
    s3: messages,
    dynamodb: await between("dynamodb", proxy.endpoint),
    ses: await between("mail", mail.endpoint),
    region,
  };

  const monitor = startMonitor(model, messaging, logs, clock, (alarm) => {
    say("alarm", `${alarm.name} is ${alarm.state}: ${alarm.description}`);
    for (const each of alarmMails(alarm, model.subscriptions)) mailbox.add(each);
  });
  closing.add("functions", { close: async () => monitor.stop() });
  const orders = openAuditTrail({}, (latencyMs) => monitor.metrics.record(ORDER_LATENCY, latencyMs));
  logs.onLine(orders.add);
  const observatory = stageObservatory({ model, monitor, orders, clock });
  const processes = createFunctionHost({
    functions: model.functions,
    region,
    stageVariables: { ...endpointVariables(endpoints), ...(await kafka?.variables(monitor.metrics)) },
    onLine: logs.add,
    disturb: disturbFunctions(faults),
  });
  // Takes the cold starts out of the first order. They cost a second once; nobody waits for them on shutdown.
  const warm = processes.warm(model.functions.map(({ name }) => name));
  const host = measured(closing.add("functions", processes), model.functions, monitor.metrics);
  const sources = startEventSources({
    model,
    host,
    region,
    sqsEndpoint: endpoints.sqs,
    s3Endpoint: endpoints.s3,
    streamsEndpoint: dynamoDb.endpoint,
    streamArns,
    logs,
    onWrite: proxy.onWrite,
    ...kept,
  });
  if (kafka !== undefined) {
    const topics = await kafka.start({
      model,
      host,
      faults,
      metrics: monitor.metrics,
      region,
      onLine: logs.add,
    });
    closing.add("inlets", { close: topics.stop });
  }
  closing.add("inlets", {
    close() {
      const stopped = sources.stop();
      // Ends the long polls, which have been told not to begin again.
      messaging.queues.shutdown();
      return stopped;
    },
  });
  const schedules = startSchedules(model.schedules, host, ({ name }, detail) =>
    say("schedule", `${name}: ${detail}`),
  );
  closing.add("inlets", { close: schedules.stop });

  await warm;
  const { url } = front;
  const api = serveRestApi({ api: model.api, host, clock, onAnswer: monitor.answered });
  const functions = model.functions.map(({ name }) => name);
  const about = () => ({ url, endpoints, functions, tables });
  const page = stageConsole({ url, region, observatory, mailbox, faults, functions, tables });
  const poisoned = model.sqsMappings.find(({ functionName }) => functionName === POISONED)?.queueUrl;
  const poison = {
    ...(poisoned && { poison: () => putPoisons(endpoints.sqs, poisoned, clock.now()) }),
  };
  const control = { mailbox, monitor, logs, faults, observatory, about, console: page, ...poison };
  front.serve(serveControl(control, api));
  const { died } = dynamoDb;
  return {
    url,
    endpoints,
    model,
    host,
    messaging,
    mailbox,
    ...(kafka === undefined ? {} : { kafka: kafka.kafka }),
    monitor,
    observatory,
    faults,
    logs,
    died,
    close: closing.close,
  };
}

async function openKafkaOf(
  options: Parameters<typeof import("./kafka.ts").openKafka>[0],
  closing: Closing,
): Promise<StageKafka> {
  const { openKafka } = await import("./kafka.ts");
  const stageKafka = await openKafka(options);
  return closing.add("services", stageKafka);
}
