import { Consumer, ListOffsetTimestamps } from "@platformatic/kafka";
import type { KafkaRecord } from "./kafka-event.ts";
import { recordsOf } from "./kafka-records.ts";

/** A partition assigned to this member, with the next offset to read. */
export interface Assignment {
  readonly partition: number;
  /** The next offset: the group's committed one, or the mapping's start position. */
  readonly from: bigint;
  /** Records between the committed offset and the oldest one of the broker: removed before they were read. */
  readonly lost: bigint;
}

export interface Position {
  readonly partition: number;
  readonly offset: bigint;
}

export interface Fetched {
  readonly partition: number;
  /** The offsets to read from. */
  readonly next: bigint;
  /** The offset of the next record to be written. */
  readonly end: bigint;
  readonly records: readonly KafkaRecord[];
}

/** Membership of a consumer group, for one topic. Every call may reject; the member is then unusable. */
export interface GroupMember {
  /** Increases with each rebalance, after which the assignments must be read again. */
  readonly generation: number;
  assignments(): Promise<readonly Assignment[]>;
  /** Records from each position on, in order; waits a moment where there are none. */
  fetch(positions: readonly Position[]): Promise<readonly Fetched[]>;
  /** Commits the next offset of each partition. */
  commit(positions: readonly Position[]): Promise<void>;
  leave(): Promise<void>;
}

export interface JoinOptions {
  readonly brokers: string;
  readonly groupId: string;
  readonly topic: string;
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  /** Called when the membership is lost without a failed call. */
  readonly onLost: (error: unknown) => void;
}

const SESSION_MS = 6_000;
/** Limit of a call that a dying broker leaves unanswered; longer than joining may take. */
const REQUEST_MS = 10_000;
const JOIN_MS = 20_000;
/** Limit for leaving; the group notices the loss of a member by itself. */
const LEAVE_MS = 3_000;
const FETCH_WAIT_MS = 100;
/** The largest record of a topic: Lambda's document about a given-up record. */
const PARTITION_BYTES = 2 * 1_048_576;

/** Joins the group: eager assignment, no automatic commit. */
export async function joinGroup(options: JoinOptions): Promise<GroupMember> {
  const { groupId, topic } = options;
  let generation = 0;
  const consumer = new Consumer({
    clientId: `order-events-${groupId}`,
    bootstrapBrokers: options.brokers.split(","),
    groupId,
    autocommit: false,
    sessionTimeout: SESSION_MS,
    rebalanceTimeout: SESSION_MS,
    heartbeatInterval: 500,
    connectTimeout: 2_000,
    timeout: 8_000,
    requestTimeout: REQUEST_MS,
    retries: 2,
    retryDelay: 200,
  });
  const leave = () => within(LEAVE_MS, "leaving", () => consumer.close(true)).catch(() => {});
  consumer.on("consumer:group:join", () => generation++);
  consumer.on("consumer:heartbeat:stalled", ({ lastError }) => options.onLost(lastError));
  consumer.on("error", options.onLost);
  try {
    await within(JOIN_MS, "joining the group", async () => {
      await consumer.topics.trackAll(topic);
      await consumer.joinGroup({});
    });
  } catch (error) {
    await leave();
    throw error;
  }

  const offsetsAt = async (timestamp: bigint, partitions: number[]) =>
    (await consumer.listOffsets({ topics: [topic], partitions: { [topic]: partitions }, timestamp })).get(
      topic,
    );

  const calls = {
    async assignments(): Promise<readonly Assignment[]> {
      const partitions = consumer.assignments?.find((one) => one.topic === topic)?.partitions ?? [];
      if (partitions.length === 0) return [];
      const committed = (await consumer.listCommittedOffsets({ topics: [{ topic, partitions }] })).get(topic);
      const earliest = await offsetsAt(ListOffsetTimestamps.EARLIEST, partitions);
      const fallback =
        options.startingPosition === "LATEST"
          ? await offsetsAt(ListOffsetTimestamps.LATEST, partitions)
          : earliest;
      return partitions.map((partition) => {
        const known = committed?.[partition] ?? -1n;
        const oldest = earliest?.[partition] ?? 0n;
        if (known < 0n) return { partition, from: fallback?.[partition] ?? 0n, lost: 0n };
        return known < oldest
          ? { partition, from: oldest, lost: oldest - known }
          : { partition, from: known, lost: 0n };
      });
    },
    async fetch(positions: readonly Position[]): Promise<readonly Fetched[]> {
      const metadata = await consumer.metadata({ topics: [topic] });
      const known = metadata.topics.get(topic);
      if (known === undefined) throw new Error(`the broker has no topic ${topic}`);
      const byLeader = Map.groupBy(positions, ({ partition }) => known.partitions[partition]?.leader ?? -1);
      const replies = await Promise.all(
        [...byLeader].map(async ([node, wanted]) => {
          const { responses } = await consumer.fetch({
            node,
            maxWaitTime: FETCH_WAIT_MS,
            minBytes: 1,
            topics: wanted.map(({ partition, offset }) => ({
              topicId: known.id,
              partitions: [
                {
                  partition,
                  fetchOffset: offset,
                  currentLeaderEpoch: -1,
                  lastFetchedEpoch: -1,
                  partitionMaxBytes: PARTITION_BYTES,
                },
              ],
            })),
          });
          return responses.flatMap((response) => response.partitions);
        }),
      );
      return replies.flat().flatMap(({ partitionIndex: partition, highWatermark: end, records }) => {
        const from = positions.find((position) => position.partition === partition)?.offset;
        return from === undefined
          ? []
          : [{ partition, end, ...recordsOf(topic, partition, from, records ?? []) }];
      });
    },
  };
  return {
    get generation() {
      return generation;
    },
    assignments: () => within(JOIN_MS, "asking for partitions", calls.assignments),
    fetch: (positions) => within(JOIN_MS, "reading", () => calls.fetch(positions)),
    commit: (positions) =>
      within(JOIN_MS, "committing", () =>
        consumer.commit({
          offsets: positions.map(({ partition, offset }) => ({ topic, partition, offset, leaderEpoch: -1 })),
        }),
      ),
    leave,
  };
}

/** The client may wait for ever for the response of a lost broker. */
async function within<T>(ms: number, what: string, work: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  const working = work();
  working.catch(() => {});
  return await Promise.race([working, late.promise]).finally(() => clearTimeout(timer));
}
