import { ENV } from "../../functions/contract/names.ts";
import type { StageModel } from "./assembly/model.ts";
import { startKafkaMapping } from "./mappings/kafka-mapping.ts";
import { type Kafka, startKafka } from "./services/kafka.ts";
import { ensureTopics } from "./services/kafka-topics.ts";
import type { FunctionHost, LogLine, RunningMapping } from "./types.ts";

/** Everything of Kafka on the stage. Loaded only where it is wanted: the client takes a fifth of a second. */
export interface StageKafka {
  readonly kafka: Kafka;
  /** Environment of functions: a broker on loopback takes no tokens. */
  readonly variables: Readonly<Record<string, string>>;
  /** Makes the topics of the templates, then has their mappings read them. */
  start(options: StageKafkaOptions): Promise<RunningMapping>;
}

export interface StageKafkaOptions {
  readonly model: StageModel;
  readonly host: FunctionHost;
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
  const kafka = await startKafka({
    ...rest,
    onEnd: (how) => say(`the broker ended (${how}) and is started again`),
  });
  return {
    kafka,
    variables: { [ENV.kafkaSecurity]: "plaintext" },
    async start({ model, ...shared }) {
      await ensureTopics(kafka.brokers, model.kafkaTopics);
      const { brokers } = kafka;
      const running = model.kafkaMappings.map((spec) => startKafkaMapping({ ...shared, spec, brokers }));
      return {
        async stop() {
          await Promise.all(running.map((mapping) => mapping.stop()));
        },
      };
    },
  };
}
