import { kafkaConnection } from "../adapters/kafka-connection.ts";
import { kafkaTopic } from "../adapters/kafka-publisher.ts";
import { eventOfStreamRecord, orderStream } from "../adapters/order-row.ts";
import { KAFKA_PUBLISHER as name } from "../contract/broker-names.ts";
import { consumer } from "../middleware/consumer.ts";
import { bySource } from "../middleware/wrap-handler.ts";
import { publishMessages } from "../publishing/publish-messages.ts";
import { publishCounts, publishTransitions, transitionDecoder } from "../publishing/publish-transitions.ts";
import { queuedMessageDecoder, redriveQueue } from "../publishing/redrive-queue.ts";
import { clock, environment, integerVariable, serviceOptions } from "./wiring/environment.ts";
import { failureLogOnFirstUse } from "./wiring/event-consumer.ts";

/** The orders table's stream, and the queue of redriven messages → the Kafka topic. */
const env = environment("kafkaBrokers", "kafkaTopic", "kafkaSecurity");
/** Connections are opened at the first publish. */
const topic = kafkaTopic(kafkaConnection(env.kafkaBrokers, env.kafkaSecurity), env.kafkaTopic, clock);
const shared = {
  ...serviceOptions,
  name,
  failureLog: failureLogOnFirstUse(),
  alsoCount: publishCounts("kafkaPublishFailed"),
};

export const handler = bySource({
  "aws:dynamodb": consumer({
    ...shared,
    transport: orderStream(),
    decode: transitionDecoder(eventOfStreamRecord),
    handle: { many: publishTransitions({ publisher: topic, clock }) },
    settings: { giveUpAfterSeconds: integerVariable("giveUpAfterSeconds", 1_800) },
  }),
  "aws:sqs": consumer({
    ...shared,
    transport: redriveQueue(name, integerVariable("maxReceiveCount", 5)),
    decode: queuedMessageDecoder(name),
    handle: { many: publishMessages({ topic }) },
  }),
});
