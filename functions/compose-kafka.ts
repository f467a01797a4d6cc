import { kafkaConnection } from "./adapters/kafka-connection.ts";
import { kafkaTopic } from "./adapters/kafka-publisher.ts";
import { clock } from "./compose.ts";
import { METRICS } from "./contract/names.ts";
import { environment } from "./env.ts";
import type { OutcomeCount } from "./middleware/options.ts";

/** The topic that the environment names. Connections are made at the first publish. */
export function topicOfEnvironment() {
  const {
    kafkaBrokers,
    kafkaTopic: name,
    kafkaSecurity,
  } = environment("kafkaBrokers", "kafkaTopic", "kafkaSecurity");
  return kafkaTopic(kafkaConnection(kafkaBrokers, kafkaSecurity), name, clock);
}

/** What went to the topic and what did not, under the publishers' own names. */
export function publishCounts({ consumed, failed, parked }: Readonly<Record<OutcomeCount, number>>) {
  return { [METRICS.published]: consumed, [METRICS.publishFailed]: failed + parked };
}
