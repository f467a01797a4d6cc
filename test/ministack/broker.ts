import { step, UnavailableError } from "../../lib/deploy/steps.ts";
import { type Kafka, startKafka } from "../../lib/local/services/kafka.ts";
import { NoKafkaError } from "../../lib/local/services/no-kafka.ts";

/** A broker of this run, or the one that KAFKA_BROKERS names. Rejects with UnavailableError where there is no Java. */
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
