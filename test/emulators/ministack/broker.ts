import { UnavailableError } from "../../../lib/deploy/deploy-error.ts";
import { step } from "../../../lib/deploy/steps.ts";
import { NoKafkaError } from "../../../lib/emulator/kafka/broker/no-kafka.ts";
import { type Kafka, startKafka } from "../../../lib/emulator/kafka/broker/start-kafka.ts";

/** A new broker, or that of KAFKA_BROKERS. Rejects with UnavailableError without Java. */
export async function openBroker(): Promise<Kafka> {
  try {
    return await step("start Apache Kafka", () =>
      startKafka({ onProgress: (text) => console.log(`   ${text}`) }),
    );
  } catch (error) {
    if (error instanceof NoKafkaError) throw new UnavailableError(error.message, { cause: error });
    throw error;
  }
}
