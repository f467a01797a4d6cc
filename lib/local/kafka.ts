import { ENV } from "../../functions/contract/names.ts";
import type { StageModel } from "./assembly/model.ts";
import { startKafkaMapping } from "./mappings/kafka-mapping.ts";
import type { MetricStore } from "./metrics/metric-store.ts";
import { type CloudWatch, startCloudWatch } from "./services/cloudwatch.ts";
import { type Kafka, startKafka } from "./services/kafka.ts";
import { ensureTopics } from "./services/kafka-topics.ts";
import type { FunctionHost, KafkaMappingSpec, LogLine, RunningMapping } from "./types.ts";

/** Everything of Kafka on the stage. Loaded only where it is wanted: the client takes a fifth of a second. */
export interface StageKafka {
  readonly kafka: Kafka;
  /** Serves the group's lag as CloudWatch does, and gives what functions need to know in their environment. */
  variables(metrics: MetricStore): Promise<Readonly<Record<string, string>>>;
  /** Makes the topics of the templates, then has their mappings read them. */
  start(options: StageKafkaOptions): Promise<RunningMapping>;
  close(): Promise<void>;
}

export interface StageKafkaOptions {
  readonly model: StageModel;
  readonly host: FunctionHost;
  readonly metrics: MetricStore;
  readonly region: string;
  readonly onLine: (line: LogLine) => void;
}

/** Rejects with NoKafkaError. */
export async function openKafka(options: {
  readonly dataDir?: string;
  readonly say: (text: string) => void;
  readonly onProgress: (text: string) => void;
}): Promise<StageKafka> {
  const { say, ...rest } = options;
  const onEnd = (how: string) => say(`the broker ended (${how}) and is started again`);
  const kafka = await startKafka({ ...rest, onEnd });
  const { brokers } = kafka;
  let cloudWatch: CloudWatch | undefined;
  return {
    kafka,
    async variables(metrics) {
      cloudWatch = await startCloudWatch(metrics);
      // A broker on loopback takes no tokens.
      return { [ENV.kafkaSecurity]: "plaintext", AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.endpoint };
    },
    async start({ model, metrics, ...shared }) {
      await ensureTopics(brokers, model.kafkaTopics);
      const running = model.kafkaMappings.map((spec) =>
        startKafkaMapping({
          ...shared,
          spec,
          brokers,
          onLag: (records) => metrics.record(lagMetric(spec), records),
        }),
      );
      return {
        async stop() {
          await Promise.all(running.map((mapping) => mapping.stop()));
        },
      };
    },
    async close() {
      await Promise.all([kafka.close(), cloudWatch?.close()]);
    },
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
