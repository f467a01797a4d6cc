import { Admin } from "@platformatic/kafka";

/** A topic as it should be. */
export interface KafkaTopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** `retention.ms` and the like; those that one broker cannot keep are left out. */
  readonly configs: Readonly<Record<string, string>>;
}

/** A single broker has no second copy to wait for. */
const OF_SEVERAL_BROKERS = new Set(["min.insync.replicas"]);
const TRIES = 20;
const WAIT_MS = 250;

/**
 * Creates the topics that are missing, and adds the partitions that are; partitions are never taken away.
 * A broker that has just started may not answer at once: it is asked for five seconds.
 */
export async function ensureTopics(brokers: string, topics: readonly KafkaTopicSpec[]): Promise<void> {
  const admin = new Admin({
    clientId: "order-events-stage",
    bootstrapBrokers: brokers.split(","),
    connectTimeout: 2_000,
    timeout: 10_000,
    retries: 1,
    retryDelay: 200,
  });
  admin.on("error", () => {});
  try {
    const there = new Set(await patiently(() => admin.listTopics()));
    for (const { name, partitions, configs } of topics) {
      if (there.has(name)) await grow(admin, name, partitions);
      else {
        await admin.createTopics({
          topics: [name],
          partitions,
          replicas: 1,
          configs: Object.entries(configs)
            .filter(([key]) => !OF_SEVERAL_BROKERS.has(key))
            .map(([key, value]) => ({ name: key, value })),
        });
      }
    }
    await patiently(() => admin.metadata({ topics: topics.map(({ name }) => name), forceUpdate: true }));
  } catch (cause) {
    throw new Error(
      `The topics cannot be made on ${brokers}: check that a broker listens there, without TLS and passwords.`,
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

async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
}
