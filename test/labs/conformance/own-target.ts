import { startDynamoDb } from "../../../lib/emulator/services/dynamodb.ts";
import { startMessaging } from "../../../lib/emulator/services/start-messaging.ts";
import { openObserver } from "./observer.ts";
import { REGION } from "./own-function.ts";
import { stageQueue } from "./own-queue.ts";
import { stageStream } from "./own-stream.ts";
import type { ConformanceTarget } from "./target.ts";

export const STAGE_DEPARTURES: Readonly<Record<string, string>> = {
  "FIFO: a batch holds several messages of one group":
    "fauxqs gives one message of a group at a receive, so that a batch never holds two",
};

/** The one-machine stage: its mappings over its queues, its tables and its functions. */
export async function openStageTarget(): Promise<ConformanceTarget> {
  const observer = await openObserver();
  const messaging = await startMessaging({ region: REGION });
  const dynamoDb = await startDynamoDb({});
  let rigs = 0;
  return {
    name: "the one-machine stage",
    departures: STAGE_DEPARTURES,
    openQueue: (setup, script) => {
      const name = `queue-${rigs++}`;
      return stageQueue({ name, setup, endpoint: messaging.endpoint, watched: observer.watch(script) });
    },
    openStream: (setup, script) => {
      const name = `table-${rigs++}`;
      messaging.buckets.createBucket(name);
      const endpoints = { dynamoDb: dynamoDb.endpoint, s3: messaging.endpoint };
      return stageStream({ name, setup, endpoints, watched: observer.watch(script) });
    },
    close: async () => {
      await Promise.all([observer.close(), messaging.close(), dynamoDb.close()]);
    },
  };
}
