import {
  Admin,
  ConfigResourceTypes,
  IncrementalAlterConfigOperationTypes,
  ListOffsetTimestamps,
} from "@platformatic/kafka";
import type { KafkaTopicSpec } from "../../assembly/model.ts";
import { UnreachableKafkaError } from "./no-kafka.ts";

/** A single broker has no replicas. */
const OF_SEVERAL_BROKERS = new Set(["min.insync.replicas"]);
const TRIES = 20;
const WAIT_MS = 250;
const ANSWER_MS = 5_000;

/**
 * Creates missing topics and adds missing partitions; partitions are never removed. Existing topics get the wanted
 * configuration and keep their other settings. A broker that has just started may not answer at once: it is retried for
 * five seconds.
 */
export async function ensureTopics(brokers: string, topics: readonly KafkaTopicSpec[]): Promise<void> {
  const admin = openAdmin(brokers);
  try {
    const there = new Set(await withRetries(() => admin.listTopics()));
    for (const { name, partitions, configs: all } of topics) {
      const configs = Object.entries(all).filter(([key]) => !OF_SEVERAL_BROKERS.has(key));
      if (there.has(name)) {
        await grow(admin, name, partitions);
        await configure(admin, name, configs);
      } else {
        await admin.createTopics({
          topics: [name],
          partitions,
          replicas: 1,
          configs: configs.map(([key, value]) => ({ name: key, value })),
        });
      }
    }
    await withRetries(() =>
      askLeaders(
        admin,
        topics.map(({ name }) => name),
      ),
    );
  } catch (cause) {
    throw new UnreachableKafkaError(
      `The topics cannot be created on ${brokers}. Check that a broker listens there without TLS and authentication.`,
      { cause },
    );
  } finally {
    await admin.close().catch(() => {});
  }
}

async function grow(admin: Admin, name: string, partitions: number): Promise<void> {
  const metadata = await admin.metadata({ topics: [name] });
  const found = metadata.topics.get(name)?.partitionsCount ?? partitions;
  if (found >= partitions) return;
  await admin.createPartitions({ topics: [{ name, count: partitions, assignments: [] }] });
}

async function configure(admin: Admin, name: string, configs: readonly [string, string][]): Promise<void> {
  if (configs.length === 0) return;
  const set = configs.map(([key, value]) => ({
    name: key,
    value,
    configOperation: IncrementalAlterConfigOperationTypes.SET,
  }));
  await admin.incrementalAlterConfigs({
    resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: name, configs: set }],
  });
}

/**
 * Resolves once a broker answers at the addresses of KAFKA_BROKERS. Rejects with UnreachableKafkaError if none does in
 * time.
 */
export async function requireBroker(brokers: string, withinMs = ANSWER_MS): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("no answer in time")), withinMs);
  let admin: Admin | undefined;
  try {
    const opened = openAdmin(brokers);
    admin = opened;
    await Promise.race([withRetries(() => opened.listTopics()), late.promise]);
  } catch (cause) {
    throw new UnreachableKafkaError(
      `No broker answers at ${brokers} of KAFKA_BROKERS. Start one there without TLS and authentication, ` +
        "or unset KAFKA_BROKERS: the emulator then starts one.",
      { cause },
    );
  } finally {
    clearTimeout(timer);
    void admin?.close().catch(() => {});
  }
}

async function withRetries<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
}

/**
 * Resolves once the broker leads all its partitions. A broker that has just started reports that it serves a moment
 * earlier.
 */
export async function awaitLeaders(brokers: string): Promise<void> {
  const admin = openAdmin(brokers);
  try {
    await withRetries(async () => askLeaders(admin, await admin.listTopics()));
  } finally {
    await admin.close().catch(() => {});
  }
}

/** Only the leader of a partition answers requests for its offsets. */
async function askLeaders(admin: Admin, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { topics } = await admin.metadata({ topics: [...names], forceUpdate: true });
  await admin.listOffsets({
    topics: [...topics].map(([name, { partitionsCount }]) => ({
      name,
      partitions: Array.from({ length: partitionsCount }, (_, partitionIndex) => ({
        partitionIndex,
        timestamp: ListOffsetTimestamps.LATEST,
      })),
    })),
  });
}

function openAdmin(brokers: string): Admin {
  const admin = new Admin({
    clientId: "order-events-emulator",
    bootstrapBrokers: brokers.split(","),
    connectTimeout: 2_000,
    requestTimeout: 10_000,
    timeout: 10_000,
    retries: 1,
    retryDelay: 200,
  });
  // Each failed call rejects as well.
  admin.on("error", () => {});
  return admin;
}
