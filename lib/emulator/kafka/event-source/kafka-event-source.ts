import type { KafkaMappingSpec } from "../../assembly/model.ts";
import { createBackoff, createLoopWaits } from "../../event-sources/loop-waits.ts";
import type { Clock, FunctionHost, LogLine, RunningMapping } from "../../types.ts";
import { openDestination } from "./kafka-destination.ts";
import { joinGroup } from "./kafka-group.ts";
import { serveMember } from "./kafka-member.ts";

export interface KafkaMappingOptions {
  readonly spec: KafkaMappingSpec;
  readonly host: FunctionHost;
  readonly functionArn: string;
  /** Comma-separated `host:port`. */
  readonly brokers: string;
  readonly onLine?: (line: LogLine) => void;
  readonly clock?: Clock;
  /** Called once a second with the lag of the group. */
  readonly onLag?: (records: number) => void;
  readonly join?: typeof joinGroup;
}

/** With a destination, unlimited retries are ten, as in Lambda. */
const RETRIES_WITH_DESTINATION = 10;

/**
 * Joins the mapping's consumer group and invokes its function by Lambda's rules: batches of one or several partitions,
 * each partition in order and in one invocation at a time, commits of finished records only. After the loss of the
 * broker or of the membership it joins again and continues at the committed offset.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
 */
export const startKafkaMapping = (options: KafkaMappingOptions): RunningMapping => {
  const { host, brokers, clock = Date, join = joinGroup } = options;
  const spec = withDestinationRules(options.spec);
  const { functionName, topic, consumerGroup, destinationTopic } = spec;
  const source = { clusterArn: spec.clusterArn, brokers };
  const waits = createLoopWaits();
  const unreachable = createBackoff(100, 5_000);
  const log = (text: string) =>
    options.onLine?.({ at: Date.now(), source: functionName, stream: "emulator", text });
  const destination =
    destinationTopic === undefined
      ? undefined
      : openDestination(destinationTopic, options.functionArn, source, () => clock.now());

  /** One membership, from joining to its loss. */
  const live = async (): Promise<void> => {
    const lost = Promise.withResolvers<never>();
    lost.promise.catch(() => {});
    const member = await join({
      brokers,
      groupId: consumerGroup,
      topic,
      startingPosition: spec.startingPosition,
      onLost: lost.reject,
    });
    unreachable.reset();
    try {
      const serving = serveMember({
        ...(options.onLag === undefined ? {} : { onLag: options.onLag }),
        spec,
        host,
        source,
        member,
        waits,
        clock,
        log,
        destination,
      });
      serving.catch(() => {});
      await Promise.race([serving, lost.promise]);
    } finally {
      await member.leave();
    }
  };
  const run = async (): Promise<void> => {
    while (!waits.stopped) {
      try {
        await live();
      } catch (error) {
        if (waits.stopped) break;
        log(`cannot read ${topic} from ${brokers}, joining again: ${reasonOf(error)}`);
        await waits.wait(unreachable.next());
      }
    }
    await destination?.close();
  };

  const running = run();
  return {
    stop: () => {
      waits.stop();
      return running;
    },
  };
};

const withDestinationRules = (spec: KafkaMappingSpec): KafkaMappingSpec =>
  spec.destinationTopic !== undefined && spec.maximumRetryAttempts < 0
    ? { ...spec, maximumRetryAttempts: RETRIES_WITH_DESTINATION }
    : spec;

/** The client nests its errors; the innermost one has the cause. */
const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors.at(-1));
  return error instanceof Error && error.cause instanceof Error ? reasonOf(error.cause) : String(error);
};
