import { fileURLToPath } from "node:url";
import type { QueueConsumer } from "../../../functions/consumers/consumers.ts";
import type { EmulatorModel } from "../../../lib/emulator/assembly/model.ts";
import { readAssembly } from "../../../lib/emulator/assembly/read-assembly.ts";
import { readModel } from "../../../lib/emulator/assembly/read-model.ts";
import { openSqsQueue } from "../../../lib/emulator/event-sources/sqs-queue.ts";
import { openStreamSource, type StreamSource } from "../../../lib/emulator/event-sources/stream-shards.ts";
import { synthesize } from "../../../lib/emulator/order-events/synth.ts";
import { provisionMessaging } from "../../../lib/emulator/provision/create-messaging.ts";
import { provisionTables } from "../../../lib/emulator/provision/create-tables.ts";
import { endpointVariables } from "../../../lib/emulator/runtime/function-environment.ts";
import { createFunctionHost } from "../../../lib/emulator/runtime/function-host.ts";
import { startDynamoDb } from "../../../lib/emulator/services/dynamodb.ts";
import { openMailbox } from "../../../lib/emulator/services/mailbox.ts";
import { startMail } from "../../../lib/emulator/services/ses-endpoint.ts";
import { startMessaging } from "../../../lib/emulator/services/start-messaging.ts";
import { createShutdown } from "../../../lib/emulator/shutdown.ts";
import type { AwsEndpoints, FunctionHost, LogLine } from "../../../lib/emulator/types.ts";
import { type Call, record } from "./recorder.ts";

const REGION = "eu-central-1";
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** The deployed functions and the emulators, with a recorder in front of each service and no polling. */
export interface CountedServices {
  readonly model: EmulatorModel;
  readonly host: FunctionHost;
  /** The endpoints of the functions: the recorders. */
  readonly endpoints: AwsEndpoints;
  /** DynamoDB past the recorder. */
  readonly database: string;
  /** The calls of functions since the last read. */
  takeCalls(): readonly Call[];
  /** Bytes that functions logged since the last read. */
  takeLogBytes(): number;
  /** Unread records of the orders table's stream. */
  changes(): Promise<readonly object[]>;
  /** The queue that a consumer's mapping reads. */
  queueOf(consumer: QueueConsumer): OpenQueue;
  close(): Promise<void>;
}

export interface OpenQueue extends ReturnType<typeof openSqsQueue> {
  readonly arn: string;
}

/** `dataDir`: the folder of DynamoDB's database; without it, it is in memory. */
export async function startCountedServices(
  options: { readonly dataDir?: string } = {},
): Promise<CountedServices> {
  const shutdown = createShutdown();
  try {
    return await assemble(shutdown, options);
  } catch (error) {
    await shutdown.close();
    throw error;
  }
}

async function assemble(
  shutdown: ReturnType<typeof createShutdown>,
  options: { readonly dataDir?: string },
): Promise<CountedServices> {
  const { directory } = await synthesize(ROOT);
  const dynamoDb = shutdown.add("services", await startDynamoDb(options));
  const messaging = shutdown.add("services", await startMessaging({ region: REGION }));
  const recorded = async (upstream: string) => shutdown.add("ingress", await record(upstream));
  const [tables, messages] = await Promise.all([recorded(dynamoDb.endpoint), recorded(messaging.endpoint)]);
  // The SDK uses the address in a queue's URL, and ignores the configured endpoint.
  const model = readModel(await readAssembly(directory), { region: REGION, sqs: messages.endpoint });
  const { configurationSets } = model;
  const mail = shutdown.add(
    "services",
    await startMail({
      mailbox: openMailbox(),
      clock: { now: Date.now },
      fails: () => false,
      configurationSets,
    }),
  );
  const mails = await recorded(mail.endpoint);
  const endpoints: AwsEndpoints = {
    dynamodb: tables.endpoint,
    sqs: messages.endpoint,
    sns: messages.endpoint,
    s3: messages.endpoint,
    ses: mails.endpoint,
    region: REGION,
  };
  provisionMessaging(messaging, model, REGION);
  const streamArns = await provisionTables(dynamoDb.endpoint, REGION, model.tables);

  let logBytes = 0;
  const host = shutdown.add(
    "functions",
    createFunctionHost({
      functions: model.functions,
      region: REGION,
      emulatorVariables: endpointVariables(endpoints),
      onLine: ({ stream, text }: LogLine) => {
        if (stream !== "emulator") logBytes += Buffer.byteLength(text) + 1;
      },
    }),
  );
  const [orders] = model.streamMappings;
  const streamArn = streamArns.get(orders?.tableName ?? "") ?? "";
  const stream = openStreamSource(dynamoDb.endpoint, streamArn, REGION);
  shutdown.add("ingress", { close: async () => stream.close() });

  return {
    model,
    host,
    endpoints,
    database: dynamoDb.endpoint,
    takeCalls: () => [tables, messages, mails].flatMap((recorder) => recorder.take()),
    takeLogBytes() {
      const taken = logBytes;
      logBytes = 0;
      return taken;
    },
    changes: changesOf(stream, streamArn),
    queueOf(consumer) {
      const spec = model.sqsMappings.find(({ functionName }) => functionName === consumer);
      if (spec === undefined) throw new Error(`No mapping reads a queue for ${consumer}.`);
      const queue = openSqsQueue(messaging.endpoint, spec.queueUrl, REGION);
      return { ...queue, arn: spec.queueArn };
    },
    close: shutdown.close,
  };
}

/** Each call returns the records since the one before. */
function changesOf(stream: StreamSource, eventSourceARN: string): () => Promise<readonly object[]> {
  const iterators = new Map<string, string | undefined>();
  return async () => {
    const changes: object[] = [];
    for (const { shardId } of await stream.shards()) {
      let iterator = iterators.has(shardId)
        ? iterators.get(shardId)
        : await stream.iterator(shardId, { kind: "TRIM_HORIZON" });
      while (iterator !== undefined) {
        const page = await stream.records(iterator, 1_000);
        iterator = page.next;
        if (page.records.length === 0) break;
        changes.push(
          ...page.records.map((each) => ({ ...each, eventSource: "aws:dynamodb", eventSourceARN })),
        );
      }
      iterators.set(shardId, iterator);
    }
    return changes;
  };
}
