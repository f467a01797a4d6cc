import type { EmulatorModel } from "../../../lib/emulator/assembly/model.ts";
import { readAssembly } from "../../../lib/emulator/assembly/read-assembly.ts";
import { readModel } from "../../../lib/emulator/assembly/read-model.ts";
import { toSqsRecord } from "../../../lib/emulator/event-sources/sqs-event.ts";
import { openSqsQueue } from "../../../lib/emulator/event-sources/sqs-queue.ts";
import { openStreamSource, type StreamSource } from "../../../lib/emulator/event-sources/stream-shards.ts";
import { provisionMessaging } from "../../../lib/emulator/provision/create-messaging.ts";
import { provisionTables } from "../../../lib/emulator/provision/create-tables.ts";
import { endpointVariables } from "../../../lib/emulator/runtime/function-environment.ts";
import { createFunctionHost } from "../../../lib/emulator/runtime/function-host.ts";
import { startDynamoDb } from "../../../lib/emulator/services/dynamodb.ts";
import { openMailbox } from "../../../lib/emulator/services/mailbox.ts";
import { startMail } from "../../../lib/emulator/services/ses-endpoint.ts";
import { startMessaging } from "../../../lib/emulator/services/start-messaging.ts";
import { createShutdown, type Shutdown } from "../../../lib/emulator/shutdown.ts";
import type { FunctionHost } from "../../../lib/emulator/types.ts";

const REGION = "eu-central-1";

/** The deployed functions over their own services, without pollers. */
export interface DeployedFunctions {
  readonly model: EmulatorModel;
  readonly host: FunctionHost;
  /** The unread stream records, as the event of the mapping. */
  takeChanges(): Promise<object>;
  /** The messages for a consumer, as the event of its mapping. */
  takeMessages(consumer: string): Promise<object>;
  close(): Promise<void>;
}

/** `runtimeClient` is the program that runs the handlers; default: that of the emulator. */
export async function openDeployedFunctions(
  assemblyDir: string,
  runtimeClient?: string,
): Promise<DeployedFunctions> {
  const shutdown = createShutdown();
  try {
    return await assemble(shutdown, assemblyDir, runtimeClient);
  } catch (error) {
    await shutdown.close();
    throw error;
  }
}

async function assemble(
  shutdown: Shutdown,
  assemblyDir: string,
  runtimeClient?: string,
): Promise<DeployedFunctions> {
  const dynamoDb = shutdown.add("services", await startDynamoDb({}));
  const messaging = shutdown.add("services", await startMessaging({ region: REGION }));
  const model = readModel(await readAssembly(assemblyDir), { region: REGION, sqs: messaging.endpoint });
  const { configurationSets } = model;
  const mailing = { mailbox: openMailbox(), clock: Date, fails: () => false, configurationSets };
  const mail = shutdown.add("services", await startMail(mailing));
  provisionMessaging(messaging, model, REGION);
  const streamArns = await provisionTables(dynamoDb.endpoint, REGION, model.tables);
  const host = shutdown.add(
    "functions",
    createFunctionHost({
      functions: model.functions,
      region: REGION,
      emulatorVariables: endpointVariables({
        dynamodb: dynamoDb.endpoint,
        sqs: messaging.endpoint,
        sns: messaging.endpoint,
        s3: messaging.endpoint,
        ses: mail.endpoint,
        region: REGION,
      }),
      ...(runtimeClient === undefined ? {} : { runtimeClient }),
    }),
  );
  const streamArn = streamArns.get(model.streamMappings[0]?.tableName ?? "") ?? "";
  const stream = openStreamSource(dynamoDb.endpoint, streamArn, REGION);
  shutdown.add("ingress", { close: async () => stream.close() });

  return {
    model,
    host,
    takeChanges: changesOf(stream, streamArn),
    takeMessages: async (consumer) => {
      const spec = model.sqsMappings.find(({ functionName }) => functionName === consumer);
      if (spec === undefined) throw new Error(`No mapping reads a queue for ${consumer}`);
      const queue = openSqsQueue(messaging.endpoint, spec.queueUrl, REGION);
      const messages = await queue.receive(10, 0);
      queue.close();
      return { Records: messages.map((message) => toSqsRecord(message, spec.queueArn, REGION)) };
    },
    close: shutdown.close,
  };
}

function changesOf(stream: StreamSource, eventSourceARN: string): () => Promise<object> {
  let iterator: string | undefined;
  return async () => {
    const [shard] = await stream.shards();
    iterator ??= await stream.iterator(shard?.shardId ?? "", { kind: "TRIM_HORIZON" });
    const page = await stream.records(iterator, 1000);
    iterator = page.next;
    const named = page.records.map((record) => ({ ...record, eventSource: "aws:dynamodb", eventSourceARN }));
    return { Records: named };
  };
}
