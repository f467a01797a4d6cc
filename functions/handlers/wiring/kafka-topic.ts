import { kafkaConnection } from "../../adapters/kafka-connection.ts";
import { kafkaTopic } from "../../adapters/kafka-publisher.ts";
import { clock, environment } from "./environment.ts";

/** The topic that the environment names. Connections are made at the first publish. */
export function topicOfEnvironment() {
  const {
    kafkaBrokers,
    kafkaTopic: name,
    kafkaSecurity,
  } = environment("kafkaBrokers", "kafkaTopic", "kafkaSecurity");
  return kafkaTopic(kafkaConnection(kafkaBrokers, kafkaSecurity), name, clock);
}
