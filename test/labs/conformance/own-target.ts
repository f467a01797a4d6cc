import { startDynamoDb } from "../../../lib/emulator/services/dynamodb.ts";
import { startMessaging } from "../../../lib/emulator/services/start-messaging.ts";
import { openObserver } from "./observer.ts";
import { REGION } from "./own-function.ts";
import { ownQueue } from "./own-queue.ts";
import { ownStream } from "./own-stream.ts";
import type { ConformanceTarget } from "./target.ts";

export const EMULATOR_DEPARTURES: Readonly<Record<string, string>> = {
  "FIFO: a batch can hold several messages of one group":
    "fauxqs returns one message of a group for each receive, so a batch never holds two",
};

/** The local emulator: its mappings over its queues, its tables and its functions. */
export async function openEmulatorTarget(): Promise<ConformanceTarget> {
  const observer = await openObserver();
  const messaging = await startMessaging({ region: REGION });
  const dynamoDb = await startDynamoDb({});
  let rigs = 0;
  return {
    name: "the local emulator",
    departures: EMULATOR_DEPARTURES,
    openQueue: (setup, script) => {
      const name = `queue-${rigs++}`;
      return ownQueue({ name, setup, endpoint: messaging.endpoint, observed: observer.watch(script) });
    },
    openStream: (setup, script) => {
      const name = `table-${rigs++}`;
      messaging.buckets.createBucket(name);
      const endpoints = { dynamoDb: dynamoDb.endpoint, s3: messaging.endpoint };
      return ownStream({ name, setup, endpoints, observed: observer.watch(script) });
    },
    close: async () => {
      await Promise.all([observer.close(), messaging.close(), dynamoDb.close()]);
    },
  };
}
