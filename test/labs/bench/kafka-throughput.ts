import type { Benchmark, Figure } from "./benchmark.ts";
import { brokerThroughput } from "./broker-throughput.ts";

const BATCH_SIZES = [1, 10, 100] as const;

/** The Kafka backbone on Apache Kafka: stream → publish-to-kafka → topic → mapping → order-events-kafka. */
export const kafkaThroughput: Benchmark = {
  name: "kafka-throughput",
  about: "orders through publish-to-kafka, Apache Kafka and its mapping, by batch size",
  aims: [],
  async run(progress) {
    const figures: Figure[] = [];
    for (const size of BATCH_SIZES) {
      const settings = { backbones: "queues,kafka", processing: "kafka", kafkaBatchSize: String(size) };
      figures.push(...(await brokerThroughput(settings, size, progress)));
    }
    return figures;
  },
};
