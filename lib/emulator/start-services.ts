import { join } from "node:path";
import type { AssemblyEndpoints } from "./assembly/identities.ts";
import type { EmulatorModel } from "./assembly/model.ts";
import { missingLookups, readAssembly } from "./assembly/read-assembly.ts";
import { readModel } from "./assembly/read-model.ts";
import { addLimits, limitedApis } from "./aws-limits/add-limits.ts";
import type { LimitOptions } from "./aws-limits/limit-options.ts";
import { requireDataFormat } from "./data-format.ts";
import { lockData } from "./data-lock.ts";
import type { EmulatorContext } from "./emulator-context.ts";
import { openTargets } from "./event-sources/send-to-target.ts";
import { type DynamoDbProxy, openDynamoDbProxy } from "./faults/dynamodb-proxy.ts";
import { createFaults, type Faults } from "./faults/fault-switches.ts";
import type { EmulatorKafka } from "./kafka/emulator-kafka.ts";
import { addPermissionCheck } from "./permissions/add-permission-check.ts";
import type { Decided, KeyPermits } from "./permissions/check-permissions.ts";
import { provisionMessaging } from "./provision/create-messaging.ts";
import { provisionTables } from "./provision/create-tables.ts";
import type { EmulatorRabbit } from "./rabbitmq/emulator-rabbitmq.ts";
import { unpackCode } from "./runtime/unpack-code.ts";
import { type DiskSpace, NO_DISK, watchDiskSpace } from "./services/disk-space.ts";
import { startDynamoDb } from "./services/dynamodb.ts";
import { type Mailbox, openMailbox } from "./services/mailbox.ts";
import { startMail } from "./services/ses-endpoint.ts";
import { type Messaging, startMessaging } from "./services/start-messaging.ts";
import type { AwsEndpoints } from "./types.ts";

export interface ServicesOptions {
  /** Resolves to the folder of the cloud assembly, which is synthesized while the services start. */
  readonly assembly: () => Promise<string>;
  /** Runs a broker for the Kafka stack of the assembly. */
  readonly kafka?: boolean;
  /** Runs a broker for the RabbitMQ stack of the assembly. */
  readonly rabbitmq?: boolean;
  /** Whether SDK calls are refused that the policies of the assembly do not permit. True by default. */
  readonly checksPermissions?: boolean;
  /** Latency and quotas of AWS; neither by default. */
  readonly limits?: LimitOptions;
  /** Called once for each decision about a permission. */
  readonly onDecided?: (decided: Decided) => void;
  /** Reports long steps, such as the download of a broker. */
  readonly onProgress?: (text: string) => void;
  /** Puts the caller's proxy before a service. Resolves to the endpoint to use instead. */
  readonly between?: (service: EmulatorService, endpoint: string) => Promise<string>;
}

/** Processes with a service: SQS, SNS and S3 share one. */
export type EmulatorService = "messaging" | "dynamodb" | "mail";

/** The services of the functions, with the templates' tables, topics and queues. */
export interface EmulatorServices {
  readonly model: EmulatorModel;
  /** Whether a caller of an API has a permission; true for an access key that the emulator does not know. */
  readonly isKeyPermitted: KeyPermits;
  /** For functions: DynamoDB with the active faults. */
  readonly endpoints: AwsEndpoints;
  /** The tables' streams, from DynamoDB itself: a fault on a table breaks calls of functions, not the stream. */
  readonly streams: {
    readonly endpoint: string;
    /** By table name. */
    readonly arns: ReadonlyMap<string, string>;
    readonly onWrite: DynamoDbProxy["onWrite"];
  };
  readonly messaging: Messaging;
  readonly mailbox: Mailbox;
  readonly kafka: EmulatorKafka | undefined;
  readonly rabbitmq: EmulatorRabbit | undefined;
  readonly faults: Faults;
  readonly disk: DiskSpace;
  /** Resolves with the reason once the emulator cannot continue. */
  readonly died: Promise<string>;
}

/** Rejects with DataFolderError, DataInUseError, NoDynamoDbError, NoKafkaError, UnreachableKafkaError or AssemblyError. */
export async function startServices(
  context: EmulatorContext,
  options: ServicesOptions,
): Promise<EmulatorServices> {
  const { region, dataDir, clock, calls, shutdown } = context;
  const { between = async (_, endpoint) => endpoint } = options;
  if (dataDir !== undefined) {
    shutdown.add("services", await lockData(dataDir));
    await requireDataFormat(dataDir);
  }
  const disk = shutdown.add(
    "services",
    dataDir === undefined ? NO_DISK : await watchDiskSpace(dataDir, (text) => context.log("disk", text)),
  );
  const mailbox = openMailbox(dataDir === undefined ? undefined : join(dataDir, "mailbox.jsonl"));
  const { assemblyDir, dynamoDb, messaging, kafka, rabbitmq } = await startProcesses(context, options, disk);

  // The SDK uses the host in the URL of a queue instead of its endpoint option.
  const messages = await between("messaging", messaging.endpoint);
  const runnable = await runnableModel(context, options, assemblyDir, {
    region,
    sqs: messages,
    ...(kafka === undefined ? {} : { brokers: kafka.broker.brokers }),
    ...(rabbitmq === undefined ? {} : { rabbitmqUrl: rabbitmq.broker.url }),
  });
  const { model, isKeyPermitted } =
    options.checksPermissions === false
      ? { model: runnable, isKeyPermitted: async () => true }
      : await addPermissionCheck(context, runnable, options.onDecided);
  addLimits(context, model, options.limits);
  provisionMessaging(messaging, model, region);
  const streamArns = await provisionTables(dynamoDb.endpoint, region, model.tables);

  const tables = model.tables.map(({ name }) => name);
  const faults = createFaults({
    functions: model.functions.map(({ name }) => name),
    tables,
    brokers: [
      ...(kafka?.broker.isOurs === true ? (["kafka"] as const) : []),
      ...(rabbitmq?.broker.isOurs === true
        ? (["rabbitmq", "rabbitmq-full", "rabbitmq-unbound"] as const)
        : []),
    ],
    clock,
  });
  const fails = () => faults.strikes({ kind: "mail" });
  const targets = openTargets({ model, sqsEndpoint: messages, snsEndpoint: messages, region });
  shutdown.add("services", { close: async () => targets.close() });
  const mail = shutdown.add(
    "services",
    await startMail({
      ...{ mailbox, clock, fails, calls, region },
      configurationSets: model.configurationSets,
      publish: (topicArn, text) =>
        targets
          .send(topicArn, text)
          .catch((error: unknown) =>
            context.log("mail", `an event of a mail was not published to ${topicArn}: ${String(error)}`),
          ),
    }),
  );
  const proxy = shutdown.add(
    "services",
    await openDynamoDbProxy({ upstream: dynamoDb.endpoint, tables, faults, calls }),
  );
  return {
    model,
    isKeyPermitted,
    endpoints: {
      sqs: messages,
      sns: messages,
      s3: messages,
      dynamodb: await between("dynamodb", proxy.endpoint),
      ses: await between("mail", mail.endpoint),
      region,
    },
    streams: { endpoint: dynamoDb.endpoint, arns: streamArns, onWrite: proxy.onWrite },
    messaging,
    mailbox,
    kafka,
    rabbitmq,
    faults,
    disk,
    died: dynamoDb.died,
  };
}

/** The model of an assembly with its code unpacked, with the limits of APIs, and with all that is left out. */
async function runnableModel(
  { shutdown }: EmulatorContext,
  { limits }: ServicesOptions,
  assemblyDir: string,
  endpoints: AssemblyEndpoints,
): Promise<EmulatorModel> {
  const model = readModel(await readAssembly(assemblyDir), endpoints);
  const { functions } = shutdown.add("services", await unpackCode(model.functions));
  return {
    ...model,
    functions,
    apis: limitedApis(model.apis, limits?.quotas),
    leftOut: [...model.leftOut, ...(await missingLookups(assemblyDir))],
  };
}

/** Starts the slow, independent parts in parallel. */
async function startProcesses(context: EmulatorContext, options: ServicesOptions, disk: DiskSpace) {
  const { region, dataDir, calls, shutdown, log } = context;
  const kept = dataDir === undefined ? {} : { dataDir };
  const { onProgress = () => {} } = options;
  const openKafka = async () => {
    const { openKafka: open } = await import("./kafka/emulator-kafka.ts");
    return shutdown.add("services", await open({ ...kept, onProgress, log: (text) => log("kafka", text) }));
  };
  const openRabbit = async () => {
    const { openRabbit: open } = await import("./rabbitmq/emulator-rabbitmq.ts");
    return shutdown.add(
      "services",
      await open({ ...kept, onProgress, log: (text) => log("rabbitmq", text) }),
    );
  };
  const [assemblyDir, dynamoDb, messaging, kafka, rabbitmq] = await shutdown.all([
    options.assembly(),
    startDynamoDb(kept).then((part) => {
      if (part.exposure !== undefined) log("dynamodb", part.exposure);
      return shutdown.add("services", part);
    }),
    startMessaging({ region, calls, ...kept, onWritable: (is) => disk.report("messages", !is) }).then(
      (part) => shutdown.add("services", part),
    ),
    options.kafka === true ? openKafka() : undefined,
    options.rabbitmq === true ? openRabbit() : undefined,
  ]);
  return { assemblyDir, dynamoDb, messaging, kafka, rabbitmq };
}
