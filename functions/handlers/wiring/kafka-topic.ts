import { kafkaConnection } from "../../adapters/kafka-connection.ts";
import { kafkaTopic } from "../../adapters/kafka-publisher.ts";
import { clock, environment } from "./environment.ts";

/** Connections are opened at the first publish. */
export function topicOfEnvironment() {
  const {
    kafkaBrokers,
    kafkaTopic: name,
    kafkaSecurity,
  } = environment("kafkaBrokers", "kafkaTopic", "kafkaSecurity");
  return kafkaTopic(kafkaConnection(kafkaBrokers, kafkaSecurity), name, clock);
}
