import { ENV } from "../../../functions/contract/names.ts";
import { arnOfFunction } from "../assembly/identities.ts";
import type { EmulatorModel, KafkaMappingSpec } from "../assembly/model.ts";
import type { SwitchableMappings } from "../event-sources/switchable-mappings.ts";
import type { Faults } from "../faults/fault-switches.ts";
import { followBroker } from "../faults/follow-broker.ts";
import type { MetricStore } from "../metrics/metric-store.ts";
import type { FunctionHost, LogLine, RunningMapping } from "../types.ts";
import { ensureTopics } from "./broker/create-topics.ts";
import { type Kafka, startKafka } from "./broker/start-kafka.ts";
import { startKafkaMapping } from "./event-source/kafka-event-source.ts";

/** Kafka in the emulator. Loaded only with --kafka, because loading the client takes 0.2 s. */
export interface EmulatorKafka {
  readonly broker: Kafka;
  /** Environment variables of the functions. */
  readonly variables: Readonly<Record<string, string>>;
  /** Creates the topics of the templates, then starts their event source mappings. Stopping leaves the mappings. */
  start(options: EmulatorKafkaOptions): Promise<RunningMapping>;
  close(): Promise<void>;
}

export interface EmulatorKafkaOptions {
  readonly model: EmulatorModel;
  readonly host: FunctionHost;
  /** While `kafka` is broken, the broker is down. */
  readonly faults: Faults;
  readonly metrics: MetricStore;
  readonly mappings: Pick<SwitchableMappings, "add">;
  readonly region: string;
  readonly onLine: (line: LogLine) => void;
}

/** Rejects with NoKafkaError or UnreachableKafkaError. */
export async function openKafka(options: {
  readonly dataDir?: string;
  readonly log: (text: string) => void;
  readonly onProgress: (text: string) => void;
}): Promise<EmulatorKafka> {
  const { log, ...rest } = options;
  const onEnd = (how: string) => log(`the broker exited (${how}) and is restarted`);
  const broker = await startKafka({ ...rest, onEnd });
  const { brokers } = broker;
  return {
    broker,
    // A broker on loopback accepts no tokens.
    variables: { [ENV.kafkaSecurity]: "plaintext" },
    async start({ model, metrics, faults, mappings, region, ...shared }) {
      await ensureTopics(brokers, model.kafkaTopics);
      for (const spec of model.kafkaMappings)
        mappings.add(spec, () =>
          startKafkaMapping({
            ...shared,
            spec,
            functionArn: arnOfFunction(model.functions, spec.functionName, region),
            brokers,
            onLag: (records) => metrics.record(lagMetric(spec), records),
          }),
        );
      const following = followBroker(faults, "kafka", broker, log);
      return {
        async stop() {
          following.stop();
        },
      };
    },
    close: () => broker.close(),
  };
}

/** https://docs.aws.amazon.com/msk/latest/developerguide/consumer-lag.html */
const lagMetric = ({ clusterArn, consumerGroup, topic }: KafkaMappingSpec) => ({
  namespace: "AWS/Kafka",
  name: "SumOffsetLag",
  dimensions: {
    "Cluster Name": clusterArn.split("/")[1] ?? "",
    "Consumer Group": consumerGroup,
    Topic: topic,
  },
});
