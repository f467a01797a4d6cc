import { afterEach } from "vitest";
import type { KafkaMappingSpec } from "../../lib/emulator/assembly/model.ts";
import { createMappings } from "../../lib/emulator/event-sources/switchable-mappings.ts";
import type { KafkaEvent, KafkaEventRecord } from "../../lib/emulator/kafka/event-source/kafka-event.ts";
import { startKafkaMapping } from "../../lib/emulator/kafka/event-source/kafka-event-source.ts";
import type { FunctionHost, InvokeResult, LogLine } from "../../lib/emulator/types.ts";
import { untilTrue } from "../e2e/until.ts";
import type { TestBroker } from "../fixtures/kafka-broker.ts";

/** An invocation of the function under the mapping. */
export interface SeenInvocation {
  /** Records of all partitions, in the order of the event. */
  readonly records: readonly KafkaEventRecord[];
  readonly partitions: readonly string[];
  /** Values as text. */
  readonly values: readonly string[];
  readonly event: KafkaEvent;
}

export type Answer = (invocation: SeenInvocation, count: number) => InvokeResult | Promise<InvokeResult>;

export const done: InvokeResult = { kind: "ok", payload: { batchItemFailures: [] } };
export const thrown: InvokeResult = { kind: "error", errorType: "Error", errorMessage: "no" };
/** Reports the records that have these values. */
export const failing =
  (...values: readonly string[]): Answer =>
  ({ records }) => ({
    kind: "ok",
    payload: {
      batchItemFailures: records
        .filter((record) => values.includes(textOf(record)))
        .map(({ topic, partition, offset }) => ({
          itemIdentifier: { partition: `${topic}-${partition}`, offset },
        })),
    },
  });

export const textOf = ({ value }: KafkaEventRecord): string => Buffer.from(value ?? "", "base64").toString();

export interface MappingRig {
  readonly invocations: readonly SeenInvocation[];
  readonly lines: readonly LogLine[];
  answer: Answer;
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

/** The topic, what of the mapping's settings is not as usual, and the function under it: it succeeds unless given. */
type Run = [topic: string, settings?: Partial<KafkaMappingSpec>, answer?: Answer];

/** Runs mappings of a broker's topics, whose function is the test's own; each is stopped after its case. */
export function mappingsOf(broker: () => TestBroker): (...run: Run) => MappingRig {
  const rigs: MappingRig[] = [];
  afterEach(() => Promise.all(rigs.splice(0).map((rig) => rig.stop())));
  return (...run) => {
    const rig = runMapping(broker().kafka.brokers, ...run);
    rigs.push(rig);
    return rig;
  };
}

function runMapping(brokers: string, ...[topic, settings = {}, answer = () => done]: Run): MappingRig {
  const invocations: SeenInvocation[] = [];
  const lines: LogLine[] = [];
  const host: FunctionHost = {
    async invoke(_name, event) {
      const seen = seenOf(event as KafkaEvent);
      invocations.push(seen);
      return await rig.answer(seen, invocations.length);
    },
    close: async () => {},
  };
  const spec: KafkaMappingSpec = {
    kind: "kafka",
    functionName: "under-test",
    clusterArn: "arn:aws:kafka:eu-central-1:000000000000:cluster/test/1",
    topic,
    consumerGroup: `group-of-${topic}`,
    batchSize: 10,
    windowSeconds: 0,
    maximumPollers: 1,
    bisect: false,
    maximumRetryAttempts: -1,
    maximumRecordAgeSeconds: -1,
    enabled: true,
    reportBatchItemFailures: true,
    startingPosition: "TRIM_HORIZON",
    ...settings,
  };
  const mapping = createMappings({ clock: Date });
  mapping.add(spec, () =>
    startKafkaMapping({
      spec,
      host,
      brokers,
      functionArn: "arn:aws:lambda:eu-central-1:000000000000:function:under-test",
      onLine: (line) => lines.push(line),
    }),
  );
  const rig: MappingRig = {
    invocations,
    lines,
    answer,
    until: (what, condition) => untilTrue(what, async () => condition(), 30_000),
    stop: mapping.stop,
  };
  return rig;
}

const seenOf = (event: KafkaEvent): SeenInvocation => {
  const records = Object.values(event.records).flat();
  return { event, records, partitions: Object.keys(event.records), values: records.map(textOf) };
};
