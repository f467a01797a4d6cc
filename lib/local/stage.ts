import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { StageModel } from "./assembly/model.ts";
import { readAssembly } from "./assembly/read-assembly.ts";
import { stageModel } from "./assembly/stage-model.ts";
import { makeClosing } from "./closing.ts";
import { serveControl } from "./control/serve-control.ts";
import { startEventSources } from "./event-sources.ts";
import { openFront } from "./front.ts";
import { serveRestApi } from "./gateway/rest-api.ts";
import { type LogBook, openLogBook } from "./log-book.ts";
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
  readonly region?: string;
  readonly onLine?: (line: LogLine) => void;
}

export interface Stage {
  readonly url: string;
  readonly endpoints: AwsEndpoints;
  readonly model: StageModel;
  readonly host: FunctionHost;
  readonly messaging: Messaging;
  readonly mailbox: Mailbox;
  readonly monitor: Monitor;
  readonly logs: LogBook;
  /** Resolves with a reason when the stage cannot go on by itself. */
  readonly died: Promise<string>;
  close(): Promise<void>;
}

const DEFAULT_REGION = "eu-central-1";
const clock: Clock = { now: () => Date.now() };

/**
 * Runs a cloud assembly on this machine, on loopback only.
 * Rejects with PortTakenError, NoDynamoDbError or AssemblyError; nothing is left running then.
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

async function assemble(options: StageOptions, closing: ReturnType<typeof makeClosing>): Promise<Stage> {
  const { dataDir, region = DEFAULT_REGION } = options;
  const kept = dataDir === undefined ? {} : { dataDir };
  const logs = openLogBook();
  if (options.onLine !== undefined) logs.onLine(options.onLine);
  const say = (source: string, text: string) => logs.add({ at: clock.now(), source, stream: "stage", text });

  const front = closing.add(await openFront(options.port));
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  const mailbox = openMailbox(dataDir === undefined ? undefined : join(dataDir, "mailbox.jsonl"));
  const [assemblyDir, dynamoDb, messaging, mail] = await closing.all([
    options.assembly(),
    startDynamoDb(kept).then(closing.add),
    startMessaging({ region, ...kept }).then(closing.add),
    startMail({ mailbox, clock, fails: () => false }).then(closing.add),
  ]);
  const endpoints: AwsEndpoints = {
    sqs: messaging.endpoint,
    sns: messaging.endpoint,
    s3: messaging.endpoint,
    dynamodb: dynamoDb.endpoint,
    ses: mail.endpoint,
    region,
  };
  const model = stageModel(await readAssembly(assemblyDir), { region, sqs: endpoints.sqs });
  provisionMessaging(messaging, model, region);
  const streamArns = await provisionTables(dynamoDb.endpoint, region, model.tables);

  const monitor = startMonitor(model, messaging, logs, clock, ({ name, state, description }) =>
    say("alarm", `${name} is ${state}: ${description}`),
  );
  closing.add({ close: async () => monitor.stop() });
  const host = measured(
    closing.add(
      createFunctionHost({
        functions: model.functions,
        region,
        stageVariables: endpointVariables(endpoints),
        onLine: logs.add,
      }),
    ),
    model.functions,
    monitor.metrics,
  );
  const sources = startEventSources({
    model,
    host,
    region,
    sqsEndpoint: endpoints.sqs,
    s3Endpoint: endpoints.s3,
    streamsEndpoint: dynamoDb.endpoint,
    streamArns,
    logs,
    ...kept,
  });
  closing.add({ close: sources.stop });
  const schedules = startSchedules(model.schedules, host, ({ name }, detail) =>
    say("schedule", `${name}: ${detail}`),
  );
  closing.add({ close: schedules.stop });

  const api = serveRestApi({ api: model.api, host, clock, onAnswer: monitor.answered });
  const about = () => ({ url: front.url, endpoints, functions: model.functions.map(({ name }) => name) });
  const faults = { break() {}, mend() {}, list: () => [] };
  front.serve(serveControl({ mailbox, monitor, logs, faults, about }, api));
  const { url } = front;
  const { died } = dynamoDb;
  return { url, endpoints, model, host, messaging, mailbox, monitor, logs, died, close: closing.close };
}
