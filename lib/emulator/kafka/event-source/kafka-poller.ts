import { EVENT_BYTES } from "../../event-sources/event-size.ts";
import { createBackoff, createPause } from "../../event-sources/pause.ts";
import type { Clock, FunctionHost, KafkaMappingSpec } from "../../types.ts";
import type { KafkaDestination } from "./kafka-destination.ts";
import { eventBytes, type KafkaRecord, type KafkaSource, toKafkaEvent } from "./kafka-event.ts";
import type { Feed, GiveUpReason } from "./kafka-feed.ts";
import type { GroupMember } from "./kafka-group.ts";
import { readKafkaResponse } from "./kafka-response.ts";

export interface PollerOptions {
  readonly spec: KafkaMappingSpec;
  readonly host: FunctionHost;
  readonly source: KafkaSource;
  readonly member: GroupMember;
  readonly clock: Clock;
  readonly say: (text: string) => void;
  readonly destination: KafkaDestination | undefined;
  /** The partitions of this poller, as they are now. */
  readonly feeds: () => readonly Feed[];
  /** Whether the group still gives the feed's partition to this member, to be read on from where it is. */
  readonly owns: (feed: Feed) => boolean;
}

export interface Poller {
  wake(): void;
  /** Lets the invocation that runs end. */
  stop(): void;
  /** Rejects when something could not be committed. */
  readonly done: Promise<void>;
}

interface Taken {
  readonly feed: Feed;
  readonly records: readonly KafkaRecord[];
}

/** A look at partitions whose pause between two tries is over. */
const IDLE_MS = 50;

/** Invokes the function with one event after the other, each of what its partitions have. */
export const createPoller = (options: PollerOptions): Poller => {
  const { spec, host, source, member, clock, say, destination, owns } = options;
  const pause = createPause();
  let windowClosesAt: number | undefined;
  /** The partition that began the last event: the next one is begun by another, however full this one is. */
  let lastFirst = -1;

  const ready = (): readonly Feed[] =>
    options.feeds().filter(({ buffer, notBefore }) => buffer.length > 0 && notBefore <= clock.now());

  const inTurn = (feeds: readonly Feed[]): readonly Feed[] => {
    const order = feeds.toSorted((left, right) => left.partition - right.partition);
    const later = order.filter(({ partition }) => partition > lastFirst);
    const [first, ...others] = [...later, ...order.filter((feed) => !later.includes(feed))];
    if (first === undefined) return [];
    return first.isAlone ? [first] : [first, ...others.filter(({ isAlone }) => !isAlone)];
  };

  const collect = (feeds: readonly Feed[]): readonly Taken[] => {
    const taken: Taken[] = [];
    let room = spec.batchSize;
    let bytes = EVENT_BYTES;
    for (const feed of inTurn(feeds)) {
      const records = feed.take(room, bytes);
      if (records.length === 0) continue;
      taken.push({ feed, records });
      room -= records.length;
      for (const record of records) bytes -= eventBytes(record);
    }
    return taken;
  };

  const giveUp = async (
    records: readonly KafkaRecord[],
    condition: GiveUpReason,
    invokeCount: number,
    lastResult?: Awaited<ReturnType<typeof host.invoke>>,
  ): Promise<boolean> => {
    say(`${records.length} record(s) of ${records[0]?.topic} given up: ${condition}`);
    const refused = createBackoff(100, 5_000);
    while (destination !== undefined) {
      try {
        await destination.write({ records, condition, invokeCount, lastResult });
        return true;
      } catch (error) {
        // Not committed before it is written: giving up must not become losing.
        say(`cannot write to ${spec.destinationTopic}: ${String(error)}`);
        await pause.wait(refused.next());
        if (pause.stopped) return false;
      }
    }
    return true;
  };

  const commit = (feeds: readonly Feed[]): Promise<void> => {
    const ours = feeds.filter(owns);
    if (ours.length === 0) return Promise.resolve();
    return member.commit(ours.map(({ partition, committed: offset }) => ({ partition, offset })));
  };

  const expire = async (feeds: readonly Feed[]): Promise<void> => {
    if (spec.maximumRecordAgeSeconds < 0) return;
    const oldest = clock.now() - spec.maximumRecordAgeSeconds * 1000;
    for (const feed of feeds) {
      const count = feed.older(oldest);
      if (count === 0) continue;
      if (!(await giveUp(feed.buffer.slice(0, count), "RecordAgeExceeded", 0))) return;
      feed.expire(count);
      await commit([feed]);
    }
  };

  const deliver = async (taken: readonly Taken[]): Promise<void> => {
    const all = taken.flatMap(({ records }) => records);
    const result = await host.invoke(spec.functionName, toKafkaEvent(all, source));
    const verdict = readKafkaResponse(result, spec.reportBatchItemFailures, all);
    if (verdict.kind === "all") say(`an event of ${all.length} record(s) failed: ${verdict.why}`);
    const moved: Feed[] = [];
    for (const { feed, records } of taken) {
      const company = taken.length > 1;
      const throttled = result.kind === "throttled";
      const step = feed.decide(records.length, verdict, throttled, company, clock.now());
      if (step.settled > 0) feed.drop(step.settled);
      const lost = feed.buffer.slice(0, step.givenUp);
      if (lost.length > 0 && (await giveUp(lost, "RetriesExhausted", step.invokes, result))) {
        feed.drop(lost.length);
      }
      if (step.settled + step.givenUp > 0) moved.push(feed);
    }
    await commit(moved);
  };

  const poll = async (): Promise<void> => {
    while (!pause.stopped) {
      await expire(options.feeds());
      const feeds = ready();
      if (feeds.length === 0) {
        windowClosesAt = undefined;
        await pause.idle(IDLE_MS);
        continue;
      }
      windowClosesAt ??= clock.now() + spec.windowSeconds * 1000;
      const taken = collect(feeds);
      const count = taken.reduce((sum, { records }) => sum + records.length, 0);
      const waits =
        count < spec.batchSize && clock.now() < windowClosesAt && !feeds.some(({ isAlone }) => isAlone);
      if (waits) {
        await pause.idle(IDLE_MS);
        continue;
      }
      windowClosesAt = undefined;
      lastFirst = taken[0]?.feed.partition ?? -1;
      if (count > 0) await deliver(taken);
    }
  };
  return { wake: pause.wake, stop: pause.stop, done: poll() };
};
